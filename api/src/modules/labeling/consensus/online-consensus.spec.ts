import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { twoLevelDawidSkene } from './dawid-skene.ts';
import { argmax } from './majority-vote.ts';
import { OnlineConsensus, VoteStream } from './online-consensus.ts';
import { randomSource, simulateVotes } from './simulate-votes.ts';
import { buildVoteTable } from './vote-table.ts';

const LABELS = ['a', 'b', 'c'];

function arrived(seed: number, quiz = 0) {
  const workers = [0.9, 0.85, 0.8, 0.7, 0.6, 'random' as const];
  const { votes, truth } = simulateVotes({ tasks: 150, labels: LABELS, seed, workers, answersPerTask: 4, quiz });
  const random = randomSource(seed + 1);
  const order = votes.map((vote) => ({ vote, at: random() })).sort((x, y) => x.at - y.at);
  const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
  const stream = new VoteStream(LABELS, { tasks: 150 + quiz, workers: workers.length, gold });
  for (const { vote } of order) stream.add(vote);
  return { stream, votes, truth, gold };
}

describe('the online model', () => {
  it('gives the posterior that can be computed by hand for one vote', () => {
    // A new worker is as good as the pool, 2/3: P(a|a) = 2/3, P(a|b) = 1/3.
    const online = new OnlineConsensus(1, 1, 2);
    online.add(0, 0, 0);
    expect(online.posterior()[0]).toBeCloseTo(2 / 3, 14);
  });

  it('names nearly the same labels as the batch, within 3 points on any job and 1.5 on the mean', () => {
    const gaps = Array.from({ length: 20 }, (_, seed) => {
      const { stream, truth } = arrived(seed);
      const table = stream.table();
      const batch = stream.batch();
      const rightBy = (labelOf: (task: string, t: number) => number) =>
        table.tasks.filter((task, t) => truth.get(task) === LABELS[labelOf(task, t)]).length / table.tasks.length;
      return (
        rightBy((_, t) => argmax(batch.posterior, t * 3, 3)) -
        rightBy((task) => argmax(stream.posteriorOf(task)!, 0, 3))
      );
    });
    expect(Math.max(...gaps)).toBeLessThan(0.1);
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThan(0.02);
  });

  it('ends in the bytes of the batch over the same votes, whatever the order of arrival', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const { stream, votes, gold } = arrived(seed, 5);
        const expected = twoLevelDawidSkene(buildVoteTable(votes, LABELS), { gold });
        const bytes = Buffer.from(stream.batch().posterior.buffer);
        expect(bytes.equals(Buffer.from(expected.posterior.buffer))).toBe(true);
      }),
      { numRuns: 5 },
    );
  });

  it('knows what gold says, and nothing of a task without votes', () => {
    const { stream, gold } = arrived(4, 5);
    for (const [task, label] of gold) expect(argmax(stream.posteriorOf(task)!, 0, 3)).toBe(LABELS.indexOf(label));
    expect(stream.posteriorOf('nowhere')).toBeNull();
    expect(() => stream.add({ task: 't1', worker: 'w', label: 'z' })).toThrow('not in the label schema');
  });
});
