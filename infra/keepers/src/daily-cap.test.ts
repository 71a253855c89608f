import { describe, expect, it } from '@jest/globals';
import { DailyCap } from './daily-cap.ts';

describe('the daily cap', () => {
  it('gives each account its number per UTC day', () => {
    let now = new Date('2026-01-01T23:59:59Z');
    const cap = new DailyCap(2, () => now);
    expect(['a', 'a', 'a', 'b'].map((account) => cap.tryTake(account))).toEqual([true, true, false, true]);
    now = new Date('2026-01-02T00:00:00Z');
    expect(cap.tryTake('a')).toBe(true);
  });

  it('counts what was given today before it started, and nothing of yesterday', () => {
    const cap = new DailyCap(3, () => new Date('2026-01-02T10:00:00Z'));
    cap.restore('a', new Date('2026-01-01T23:00:00Z'), 3);
    cap.restore('a', new Date('2026-01-02T01:00:00Z'), 2);
    expect(['a', 'a'].map((account) => cap.tryTake(account))).toEqual([true, false]);
  });
});
