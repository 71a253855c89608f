import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BoxVote } from './boxes.ts';
import { fuseBoxes, overlap } from './boxes.ts';

const box = (worker: string, [x1, y1, x2, y2]: number[], label = 'cat'): BoxVote => ({
  worker,
  label,
  x1: x1!,
  y1: y1!,
  x2: x2!,
  y2: y2!,
});

const anyBoxes = fc.uniqueArray(
  fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }))
    .map(([worker, x, y]) => box(`w${worker}`, [x, y, x + 8, y + 6], worker % 2 === 0 ? 'cat' : 'dog')),
  { minLength: 1, maxLength: 12, selector: (vote) => JSON.stringify(vote) },
);

describe('boxes', () => {
  it('overlap by intersection over union', () => {
    expect(overlap(box('a', [0, 0, 2, 2]), box('b', [1, 0, 3, 2]))).toBeCloseTo(2 / 6, 15);
    expect(overlap(box('a', [0, 0, 2, 2]), box('b', [2, 0, 3, 2]))).toBe(0);
    expect(overlap(box('a', [0, 0, 2, 2]), box('b', [0, 0, 2, 2]))).toBe(1);
  });

  it('of one object are fused by the mean of their corners, weighted by whom one believes', () => {
    const votes = [box('ann', [0, 0, 10, 10]), box('bob', [1, 0, 11, 10])];
    expect(fuseBoxes(votes, ['ann', 'bob'])).toEqual([
      { x1: 0.5, y1: 0, x2: 10.5, y2: 10, label: 'cat', support: 1, workers: ['ann', 'bob'] },
    ]);
    const [fused] = fuseBoxes(votes, ['ann', 'bob'], (worker) => (worker === 'ann' ? 3 : 1));
    expect(fused).toMatchObject({ x1: 0.25, x2: 10.25 });
  });

  it('of two objects, two labels, or twice by one worker stay apart', () => {
    expect(fuseBoxes([box('ann', [0, 0, 10, 10]), box('bob', [20, 0, 30, 10])], ['ann', 'bob'])).toHaveLength(2);
    expect(fuseBoxes([box('ann', [0, 0, 9, 9]), box('bob', [0, 0, 9, 9], 'dog')], ['ann', 'bob'])).toHaveLength(2);
    expect(fuseBoxes([box('ann', [0, 0, 9, 9]), box('ann', [0, 0, 9, 8])], ['ann'])).toHaveLength(2);
  });

  it('drawn by one of four who looked have a quarter of their support', () => {
    expect(fuseBoxes([box('ann', [0, 0, 9, 9])], ['ann', 'bob', 'eve', 'joe'])[0]!.support).toBe(0.25);
  });

  it('without area are refused', () => {
    expect(() => fuseBoxes([box('ann', [0, 0, 0, 9])], ['ann'])).toThrow('no area');
  });

  it('give the same result in any order, each of them in one object, inside what was drawn', () => {
    fc.assert(
      fc.property(anyBoxes, fc.infiniteStream(fc.nat()), (votes, keys) => {
        const lookers = [...new Set(votes.map(({ worker }) => worker))];
        const fused = fuseBoxes(votes, lookers);
        const shuffled = votes.map((vote) => ({ vote, key: keys.next().value! })).sort((a, b) => a.key - b.key);
        expect(
          fuseBoxes(
            shuffled.map(({ vote }) => vote),
            lookers,
          ),
        ).toEqual(fused);
        expect(fused.reduce((sum, { workers }) => sum + workers.length, 0)).toBe(votes.length);
        for (const { x1, x2, support } of fused) {
          expect(x1).toBeGreaterThanOrEqual(Math.min(...votes.map((vote) => vote.x1)) - 1e-9);
          expect(x2).toBeLessThanOrEqual(Math.max(...votes.map((vote) => vote.x2)) + 1e-9);
          expect(support).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });
});
