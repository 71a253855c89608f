import { describe, expect, it } from '@jest/globals';
import { exitCodeOf, readReasons, rowsOf, tableOf } from './report.ts';
import type { Target } from './targets.ts';
import { TARGETS } from './targets.ts';

const higher: Target = { row: 'accuracy', unit: '%', better: 'higher', floor: 80, stretch: 90 };
const lower: Target = { row: 'loss', unit: 'points', better: 'lower', floor: 1, stretch: 0.5 };
const open: Target = { row: 'only a stretch', unit: 'points', better: 'lower', floor: null, stretch: 3 };
const verdicts = (values: Record<string, number>, reasons: Record<string, string> = {}) =>
  rowsOf(
    [higher, lower, open],
    Object.fromEntries(Object.entries(values).map(([row, value]) => [row, { value }])),
    reasons,
  );

describe('the target table of the label bench', () => {
  it('says what reaches the stretch, the floor, or neither', () => {
    const told = (values: Record<string, number>) => verdicts(values).map(({ verdict }) => verdict);
    expect(told({ accuracy: 90, loss: 0.5, 'only a stretch': 3 })).toEqual(['STRETCH', 'STRETCH', 'STRETCH']);
    expect(told({ accuracy: 80, loss: 1, 'only a stretch': 4 })).toEqual(['PASS', 'PASS', 'below stretch']);
    expect(told({ accuracy: 79.9, loss: 1.1 })).toEqual(['FAIL', 'FAIL', 'not measured']);
  });

  it('fails for a missed floor unless a reason is written, and names it', () => {
    expect(exitCodeOf(verdicts({ accuracy: 85, loss: 0.7 }))).toBe(0);
    expect(exitCodeOf(verdicts({ accuracy: 79 }))).toBe(1);
    const excused = verdicts({ accuracy: 79 }, { accuracy: 'the sets are too hard' });
    expect(exitCodeOf(excused)).toBe(0);
    expect(tableOf(excused).at(-1)).toBe('FAIL accuracy: the sets are too hard');
    expect(tableOf(verdicts({ accuracy: 79 })).at(-1)).toContain('NO REASON');
  });

  it('has reasons only for rows that exist', () => {
    const known = TARGETS.map(({ row }) => row);
    for (const row of Object.keys(readReasons())) expect(known).toContain(row);
    expect(new Set(known).size).toBe(known.length);
  });
});
