import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Method } from './aggregate.ts';
import { aggregate, chooseMethod, METHODS } from './aggregate.ts';
import { averagePosterior } from './average.ts';
import { oneCoin } from './one-coin.ts';
import { plainDawidSkene } from './plain-dawid-skene.ts';
import { randomSource, simulateVotes } from './simulate-votes.ts';
import type { Vote } from './vote-table.ts';
import { buildVoteTable } from './vote-table.ts';
import { wawa } from './wawa.ts';

const LABELS = ['a', 'b'];
const none = new Map<string, string>();

/** `{ t: 'aab' }`: worker w0 says a, w1 says a, w2 says b on task t; a dot is no answer. */
function tableOf(tasks: Record<string, string>, labels = LABELS) {
  const votes: Vote[] = Object.entries(tasks).flatMap(([task, given]) =>
    [...given].flatMap((label, w) => (label === '.' ? [] : [{ task, worker: `w${w}`, label }])),
  );
  return buildVoteTable(votes, labels);
}

describe('Wawa', () => {
  it('weighs each vote by how often its worker agrees with the plurality', () => {
    // w0 and w1 agree 2 of 2, w2 agrees 1 of 2: weights 1, 1, ½.
    const posterior = wawa(tableOf({ t1: 'aaa', t2: 'aab' }));
    expect([...posterior]).toEqual([1, 0, 0.8, expect.closeTo(0.2, 15)]);
  });

  it('counts half an agreement for both sides of a tie', () => {
    // t1 is tied: w0 has ½ + 1 of 2, w1 ½ + 1 of 2, so the tie stays.
    expect([...wawa(tableOf({ t1: 'ab', t2: 'aa' }))]).toEqual([0.5, 0.5, 1, 0]);
  });

  it('keeps the shares where no voter has any weight', () => {
    expect([...wawa(tableOf({ g: 'a.', t: 'b.' }), new Map([['g', 'b']]))].slice(0, 2)).toEqual([0, 1]);
    expect([...wawa(tableOf({ g: 'a', h: 'a' }), new Map([['g', 'b']]))]).toEqual([0, 1, 1, 0]);
  });
});

describe('one-coin', () => {
  it('gives the posterior that can be computed by hand for one gold task and one vote', () => {
    // Pool (1 + 1) / (1 + 2) = ⅔; w: (1 + 2 · ⅔) / (1 + 2) = 7/9. One vote for "a" with q = 7/9 gives 7/9.
    const { posterior } = oneCoin(tableOf({ g: 'a', t: 'a' }), { gold: new Map([['g', 'a']]), maxIterations: 1 });
    expect([...posterior.subarray(0, 2)]).toEqual([1, 0]);
    expect(posterior[2]).toBeCloseTo(7 / 9, 14);
  });

  it('spreads an error evenly over the other classes', () => {
    const gold = new Map([['g', 'a']]);
    const { posterior } = oneCoin(tableOf({ g: 'a', t: 'a' }, ['a', 'b', 'c']), { gold, maxIterations: 1 });
    expect([...posterior.subarray(3)]).toEqual([7 / 9, 1 / 9, 1 / 9].map((value) => expect.closeTo(value, 14)));
  });
});

describe('Dawid–Skene', () => {
  it('gives the posterior that can be computed by hand from two gold tasks', () => {
    // Gold: a once, b once, both answered right. P(a|a) = 1.01/1.02, P(a|b) = .01/1.02, even prior: 1.01/1.02 for "a".
    const gold = new Map([
      ['g', 'a'],
      ['h', 'b'],
    ]);
    const posterior = plainDawidSkene(tableOf({ g: 'a', h: 'b', t: 'a' }), { gold, maxIterations: 1 });
    expect([...posterior.subarray(0, 4)]).toEqual([1, 0, 0, 1]);
    expect(posterior[4]).toBeCloseTo(1.01 / 1.02, 14);
  });

  it('learns from gold that a liar means the other class', () => {
    const gold = new Map([
      ['g', 'a'],
      ['h', 'b'],
    ]);
    const posterior = plainDawidSkene(tableOf({ g: 'b', h: 'a', t: 'a' }), { gold, maxIterations: 1 });
    expect(posterior[5]).toBeCloseTo(1.01 / 1.02, 14);
  });
});

describe('average', () => {
  it('is the mean of each number, and refuses other shapes', () => {
    expect([...averagePosterior([Float64Array.of(1, 0), Float64Array.of(0.5, 0.5)])]).toEqual([0.75, 0.25]);
    expect(() => averagePosterior([])).toThrow();
    expect(() => averagePosterior([Float64Array.of(1), Float64Array.of(1, 0)])).toThrow();
  });
});

describe('aggregate', () => {
  it('chooses by gold and by votes per task', () => {
    expect(chooseMethod(tableOf({ t1: 'ab', t2: 'ab' }), none)).toBe('average');
    expect(chooseMethod(tableOf({ t1: 'a', t2: 'b' }), none)).toBe('mv');
    expect(chooseMethod(tableOf({ t1: 'a', t2: 'b' }), new Map([['t1', 'a']]))).toBe('two-level');
    expect(chooseMethod(tableOf({ t1: 'ab', t2: 'ab' }), new Map([['elsewhere', 'a']]))).toBe('average');
  });

  it.each(METHODS)('%s: same bytes for the same votes in any order, and rows that are probabilities', (method) => {
    const labels = ['a', 'b', 'c'];
    const workers = [0.9, 0.7, 0.6, 'random' as const];
    const { votes } = simulateVotes({ tasks: 25, labels, seed: 7, workers, answersPerTask: 3 });
    const outcome = (list: Vote[]) => aggregate(buildVoteTable(list, labels), { method });
    const bytes = (list: Vote[]) => {
      const { posterior, chosen } = outcome(list);
      return Buffer.from(posterior.buffer).toString('hex') + [...chosen].join();
    };
    const expected = bytes(votes);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomSource(seed);
        const shuffled = votes.map((vote) => ({ vote, key: random() })).sort((x, y) => x.key - y.key);
        expect(bytes(shuffled.map(({ vote }) => vote))).toBe(expected);
      }),
      { numRuns: 10 },
    );
    const { posterior } = outcome(votes);
    for (let i = 0; i < posterior.length; i += 3) {
      expect(posterior[i]! + posterior[i + 1]! + posterior[i + 2]!).toBeCloseTo(1, 12);
    }
  });

  it.each(METHODS)('%s: takes a single class, a single vote, and gold as it is', (method: Method) => {
    expect([...aggregate(tableOf({ t: 'aa' }, ['a']), { method }).chosen]).toEqual([0]);
    expect([...aggregate(tableOf({ t: 'b' }), { method }).chosen]).toEqual([1]);
    expect([...aggregate(tableOf({ t: 'bb' }), { method, gold: new Map([['t', 'a']]) }).posterior]).toEqual([1, 0]);
  });

  it.each(METHODS.filter((method) => method !== 'mv'))('%s: believes good workers against guessing ones', (method) => {
    const workers = [0.95, 0.95, 0.9, 'random' as const, 'random' as const];
    const { votes, truth } = simulateVotes({ tasks: 300, labels: ['a', 'b', 'c'], seed: 9, workers });
    const table = buildVoteTable(votes, ['a', 'b', 'c']);
    const { chosen } = aggregate(table, { method });
    const right = table.tasks.filter((task, t) => truth.get(task) === table.labels[chosen[t]!]).length;
    expect(right / 300).toBeGreaterThan(0.95);
  });
});
