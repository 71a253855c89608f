import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Method } from './aggregate.ts';
import { aggregate, METHODS } from './aggregate.ts';
import { twoLevelDawidSkene, leaveOneOut } from './dawid-skene.ts';
import { informednessOf } from './information-gate.ts';
import type { SimulatedWorker } from './simulate-votes.ts';
import { randomSource, simulateVotes } from './simulate-votes.ts';
import { judge } from './verdict.ts';
import type { Vote } from './vote-table.ts';
import { buildVoteTable } from './vote-table.ts';

/** So many times the runs; from 2 on also 25 jobs for each, which is 200 at the depth 8 of the deep suite. */
const DEPTH = Math.max(1, Number(process.env.ALLOD_TEST_DEPTH ?? 1));
const JOBS = DEPTH === 1 ? 9 : 25 * DEPTH;
const PATIENCE_MS = 60_000 * DEPTH;
const LABELS = ['a', 'b', 'c'];
const CROWDS: readonly (readonly SimulatedWorker[])[] = [
  [0.9, 0.8, 0.7, 0.6],
  [0.8, 0.75, 0.7, 'random', 'constant'],
  [0.85, 0.8, 0.8, 0.75, 0.7, 0.7, 'ring', 'ring', 'ring'],
];

function accuracyOf(votes: readonly Vote[], truth: ReadonlyMap<string, string>, method: Method): number {
  const table = buildVoteTable(votes, LABELS);
  const { chosen } = aggregate(table, { method });
  return table.tasks.filter((task, t) => truth.get(task) === LABELS[chosen[t]!]).length / table.tasks.length;
}

describe('what holds for every consensus', () => {
  it.each(METHODS)(
    '%s: a perfect worker more does not cost a tenth of a point on the mean of many jobs',
    (method) => {
      const meanWith = (more: readonly SimulatedWorker[]) => {
        let sum = 0;
        for (let seed = 0; seed < JOBS; seed += 1) {
          const workers = [...CROWDS[seed % CROWDS.length]!, ...more];
          const { votes, truth } = simulateVotes({ tasks: 60, labels: LABELS, seed, workers });
          sum += accuracyOf(votes, truth, method);
        }
        return sum / JOBS;
      };
      expect(meanWith([1])).toBeGreaterThanOrEqual(meanWith([]) - 0.001);
    },
    PATIENCE_MS,
  );

  it.each(METHODS)(
    '%s: the order of the votes changes no byte',
    (method) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 100_000 }), (seed) => {
          const workers = CROWDS[seed % CROWDS.length]!;
          const { votes, truth } = simulateVotes({
            tasks: 20,
            labels: LABELS,
            seed,
            workers,
            answersPerTask: 4,
            quiz: 5,
          });
          const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
          const random = randomSource(seed + 7);
          const mixed = votes.map((vote) => ({ vote, at: random() })).sort((x, y) => x.at - y.at);
          const bytes = (list: readonly Vote[]) => {
            const { posterior, chosen } = aggregate(buildVoteTable(list, LABELS), { method, gold });
            return Buffer.from(posterior.buffer).toString('hex') + [...chosen].join();
          };
          expect(bytes(mixed.map(({ vote }) => vote))).toBe(bytes(votes));
        }),
        { numRuns: 4 * DEPTH },
      );
    },
    PATIENCE_MS,
  );

  it(
    'a verdict is PAID or REFUSED with its evidence, never anything to pay back',
    () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 100_000 }), (seed) => {
          const workers = CROWDS[seed % CROWDS.length]!;
          const { votes } = simulateVotes({ tasks: 25, labels: LABELS, seed, workers, answersPerTask: 4 });
          const table = buildVoteTable(votes, LABELS);
          const consensus = twoLevelDawidSkene(table);
          const known = informednessOf(table, consensus, () => true);
          for (let t = 0; t < table.tasks.length; t += 1) {
            for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
              const { verdict, evidence } = judge({
                label: table.voteLabel[v]!,
                labels: LABELS,
                others: leaveOneOut(table, consensus, t, v),
                otherLabels: [...table.voteLabel.subarray(table.taskStart[t]!, table.taskStart[t + 1]!)].slice(1),
                worker: known[table.voteWorker[v]!]!,
              });
              expect(['PAID', 'REFUSED']).toContain(verdict);
              expect(evidence!.withoutYou).toBeGreaterThanOrEqual(0);
              expect(evidence!.withoutYou).toBeLessThanOrEqual(1);
            }
          }
        }),
        { numRuns: 3 * DEPTH },
      );
    },
    PATIENCE_MS,
  );
});
