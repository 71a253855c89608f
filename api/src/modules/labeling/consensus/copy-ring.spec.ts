import { describe, expect, it } from '@jest/globals';
import { copyRing, isCopyist } from './copy-ring.ts';
import { twoLevelDawidSkene } from './dawid-skene.ts';
import { informednessOf, isGated } from './information-gate.ts';
import { argmax } from './majority-vote.ts';
import type { SimulatedWorker } from './simulate-votes.ts';
import { simulateVotes } from './simulate-votes.ts';
import { buildVoteTable } from './vote-table.ts';
import { goldByTask } from './gold.ts';

const LABELS = ['a', 'b'];

function job(workers: readonly SimulatedWorker[], seed: number, quiz = 5) {
  const { votes, truth } = simulateVotes({ tasks: 120, labels: LABELS, seed, workers, quiz, answersPerTask: 12 });
  const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
  const table = buildVoteTable(votes, LABELS);
  const copyists = (from: ArrayLike<number>) =>
    table.workers.filter((_, w) => isCopyist(from[w]!)).map((name) => workers[Number(name.slice(1))]!);
  return { table, gold, truth, copyists };
}

const group = <Kind>(size: number, kind: Kind): Kind[] => Array<Kind>(size).fill(kind);

describe('a ring of copyists', () => {
  it.each([8, 12, 20])('of %i beside 20 honest workers is found by the gold of all its members together', (size) => {
    for (const seed of [1, 2, 3]) {
      const { table, gold, copyists } = job([...group(20, 0.75), ...group(size, 'ring' as const)], seed);
      const found = copyists(copyRing(table, goldByTask(table, gold)));
      expect(found.filter((kind) => kind === 'ring').length).toBeGreaterThanOrEqual(size - 1);
      expect(found.filter((kind) => kind !== 'ring').length).toBeLessThanOrEqual(1);
    }
  });

  it('is not heard and not paid, and the honest are', () => {
    const { table, gold, truth } = job([...group(20, 0.75), ...group(12, 'ring' as const)], 4);
    const consensus = twoLevelDawidSkene(table, { gold });
    const right = table.tasks.filter((task, t) => truth.get(task) === LABELS[argmax(consensus.posterior, t * 2, 2)]);
    expect(right.length / table.tasks.length).toBeGreaterThan(0.9);
    const gated = informednessOf(table, consensus, (task) => !task.startsWith('quiz')).map(isGated);
    const ring = table.workers.map((name) => Number(name.slice(1)) >= 20);
    const refused = (kind: boolean) => gated.filter((is, w) => is && ring[w] === kind).length;
    expect(refused(true)).toBe(12);
    expect(refused(false)).toBeLessThanOrEqual(1);
  });

  it('is not seen in good workers, who agree because they are right', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { table, gold, copyists } = job([...group(10, 0.97), ...group(10, 0.7)], seed);
      expect(copyists(copyRing(table, goldByTask(table, gold)))).toEqual([]);
    }
  });

  it('is accused by nobody where there is no gold', () => {
    const { table } = job([...group(20, 0.75), ...group(8, 'ring' as const)], 1, 0);
    expect(twoLevelDawidSkene(table).copies).toBeNull();
  });
});
