import { describe, expect, it } from '@jest/globals';
import { twoLevelDawidSkene } from './dawid-skene.ts';
import { goldByTask } from './gold.ts';
import { hearWorkers } from './heard-workers.ts';
import { informednessOf, isGated } from './information-gate.ts';
import { argmax } from './majority-vote.ts';
import type { SimulatedWorker } from './simulate-votes.ts';
import { simulateVotes } from './simulate-votes.ts';
import { buildVoteTable } from './vote-table.ts';

const LABELS = ['a', 'b'];

function job(workers: readonly SimulatedWorker[], seed: number, quiz = 5) {
  const { votes, truth } = simulateVotes({ tasks: 120, labels: LABELS, seed, workers, quiz, answersPerTask: 12 });
  const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
  const table = buildVoteTable(votes, LABELS);
  const copyists = (from: ArrayLike<number>) =>
    table.workers.filter((_, w) => from[w] === 1).map((name) => workers[Number(name.slice(1))]!);
  return { table, gold, truth, copyists };
}

const group = <Kind>(size: number, kind: Kind): Kind[] => Array<Kind>(size).fill(kind);

describe('a ring of copyists', () => {
  it.each([8, 12, 20])('of %i beside 20 honest workers is found, with the gold of all its members together', (size) => {
    for (const seed of [1, 2, 3]) {
      const { table, gold, copyists } = job([...group(20, 0.75), ...group(size, 'ring' as const)], seed);
      const found = copyists(hearWorkers(table, goldByTask(table, gold)).copies);
      expect(found.filter((kind) => kind === 'ring').length).toBeGreaterThanOrEqual(size - 1);
      expect(found.filter((kind) => kind !== 'ring').length).toBeLessThanOrEqual(1);
    }
  });

  it('is not heard and not paid, and the honest are', () => {
    const { table, gold, truth } = job([...group(20, 0.75), ...group(12, 'ring' as const)], 4);
    const consensus = twoLevelDawidSkene(table, { gold });
    const right = table.tasks.filter((task, t) => truth.get(task) === LABELS[argmax(consensus.posterior, t * 2, 2)]);
    expect(right.length / table.tasks.length).toBeGreaterThan(0.9);
    const gated = informednessOf(table, consensus, (task) => !task.startsWith('quiz')).map((worker) => isGated(worker));
    const ring = table.workers.map((name) => Number(name.slice(1)) >= 20);
    const refused = (kind: boolean) => gated.filter((is, w) => is && ring[w] === kind).length;
    expect(refused(true)).toBe(12);
    expect(refused(false)).toBeLessThanOrEqual(1);
  });

  it('is not seen in good workers, who agree because they are right', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { table, gold, copyists } = job([...group(10, 0.97), ...group(10, 0.7)], seed);
      expect(copyists(hearWorkers(table, goldByTask(table, gold)).copies)).toEqual([]);
    }
  });

  it('is found without gold too, as long as it is the smaller side', () => {
    for (const seed of [1, 2, 3]) {
      const { table, copyists } = job([...group(20, 0.75), ...group(8, 'ring' as const)], seed, 0);
      expect(copyists(twoLevelDawidSkene(table).copies)).toEqual(group(8, 'ring'));
    }
  });

  it('is not seen without gold in good workers among guessing ones, nor in an honest crowd', () => {
    for (const seed of [1, 2, 3]) {
      const experts = job([...group(8, 0.99), ...group(12, 'random' as const)], seed, 0);
      expect(experts.copyists(twoLevelDawidSkene(experts.table).copies)).toEqual([]);
      const crowd = job([...group(6, 0.99), ...group(14, 0.7)], seed, 0);
      expect(crowd.copyists(twoLevelDawidSkene(crowd.table).copies)).toEqual([]);
    }
  });
});
