import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leaveOneOut, twoLevelDawidSkene } from './dawid-skene.ts';
import { argmax, majorityVote } from './majority-vote.ts';
import { randomSource, simulateVotes } from './simulate-votes.ts';
import { buildVoteTable } from './vote-table.ts';
import type { Vote } from './vote-table.ts';

const LABELS = ['a', 'b', 'c'];

function accuracy(
  votes: Vote[],
  truth: ReadonlyMap<string, string>,
  gold = new Map<string, string>(),
  labels = LABELS,
): number {
  const table = buildVoteTable(votes, labels);
  const { posterior } = twoLevelDawidSkene(table, { gold });
  const judged = table.tasks.map(
    (task, t) => [task, labels[argmax(posterior, t * labels.length, labels.length)]!] as const,
  );
  const scored = judged.filter(([task]) => truth.has(task));
  return scored.filter(([task, label]) => truth.get(task) === label).length / scored.length;
}

describe('two-level Dawid–Skene', () => {
  it('gives the posterior that can be computed by hand for one gold task and one vote', () => {
    // Worker w answers gold g ("a") with "a", then t with "a". By the votes, the more probable start, w was right twice:
    // the pool (2 + 1) / (2 + 2) = 3/4, w (2 + 5 · 3/4) / (2 + 5) = 23/28, so P(a|a) = (2 + 8 · 23/28) / 10 and
    // P(a|b) = 8 · 5/28 / 8.
    const table = buildVoteTable(
      [
        { task: 'g', worker: 'w', label: 'a' },
        { task: 't', worker: 'w', label: 'a' },
      ],
      ['a', 'b'],
    );
    const { posterior } = twoLevelDawidSkene(table, { gold: new Map([['g', 'a']]), maxIterations: 1 });
    const right = (2 + (8 * 23) / 28) / 10;
    const wrong = 5 / 28;
    expect([...posterior.subarray(0, 2)]).toEqual([1, 0]);
    expect(posterior[2]).toBeCloseTo(right / (right + wrong), 12);
  });

  it('believes two good workers against one who is always off by one', () => {
    const { votes, truth } = simulateVotes({ tasks: 200, labels: LABELS, seed: 3, workers: [0.9, 0.9, 'shift'] });
    expect(accuracy(votes, truth)).toBeGreaterThan(0.95);
  });

  it('reads a consistent liar as evidence once gold has shown him, where the majority is lost', () => {
    const { votes, truth } = simulateVotes({
      tasks: 300,
      labels: LABELS,
      seed: 5,
      workers: [0.85, 'shift', 'shift'],
      answersPerTask: 3,
      quiz: 8,
    });
    const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
    const open = new Map([...truth].filter(([task]) => !task.startsWith('quiz')));
    const table = buildVoteTable(votes, LABELS);
    const majority = [...majorityVote(table)].filter(([task]) => open.has(task));
    expect(majority.filter(([task, label]) => open.get(task) === label).length / majority.length).toBeLessThan(0.3);
    expect(accuracy(votes, open, gold)).toBeGreaterThan(0.9);
  });

  it('survives a ring of 40 % that copies one random key, by its quiz or because nobody outside echoes it', () => {
    const workers = [...Array<number>(6).fill(0.8), ...Array<'ring'>(4).fill('ring')];
    const mean = (quiz: number) => {
      const runs = [1, 2, 3, 4, 5].map((seed) => {
        const { votes, truth } = simulateVotes({ tasks: 200, labels: LABELS, seed, workers, quiz });
        const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
        const open = new Map([...truth].filter(([task]) => !task.startsWith('quiz')));
        return accuracy(votes, open, gold);
      });
      return runs.reduce((sum, value) => sum + value, 0) / runs.length;
    };
    expect(mean(5)).toBeGreaterThan(0.94);
    expect(mean(0)).toBeGreaterThan(0.94);
  });

  it('does not learn class frequencies from one answer per task', () => {
    const votes = Array.from({ length: 40 }, (_, i) => ({ task: `t${i}`, worker: 'w', label: i < 36 ? 'a' : 'b' }));
    const { posterior } = twoLevelDawidSkene(buildVoteTable(votes, ['a', 'b']));
    for (let t = 0; t < 40; t += 1) expect(posterior[t * 2]! + posterior[t * 2 + 1]!).toBeCloseTo(1, 12);
    expect(accuracy(votes, new Map(votes.map((vote) => [vote.task, vote.label])), new Map(), ['a', 'b'])).toBe(1);
  });

  it('gives the same bytes for the same votes in any order', () => {
    const { votes } = simulateVotes({
      tasks: 30,
      labels: LABELS,
      seed: 11,
      workers: [0.9, 0.7, 0.6, 0.5],
      answersPerTask: 3,
    });
    const bytes = (list: Vote[]) =>
      Buffer.from(twoLevelDawidSkene(buildVoteTable(list, LABELS)).posterior.buffer).toString('hex');
    const expected = bytes(votes);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomSource(seed);
        const shuffled = votes.map((vote) => ({ vote, key: random() })).sort((x, y) => x.key - y.key);
        expect(bytes(shuffled.map(({ vote }) => vote))).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('loses nothing by a perfect worker who answers everything', () => {
    const means = [0, 1].map((perfect) => {
      const runs = Array.from({ length: 20 }, (_, seed) => {
        const workers = [0.8, 0.7, 0.6, ...Array<number>(perfect).fill(1)];
        const { votes, truth } = simulateVotes({ tasks: 100, labels: LABELS, seed, workers });
        return accuracy(votes, truth);
      });
      return runs.reduce((sum, value) => sum + value, 0) / runs.length;
    });
    expect(means[1]!).toBeGreaterThanOrEqual(means[0]! - 0.001);
  });

  it('leaves the judged answer out of its own judgement', () => {
    const { votes } = simulateVotes({ tasks: 50, labels: LABELS, seed: 2, workers: [0.9, 0.9, 0.9] });
    const table = buildVoteTable(votes, LABELS);
    const consensus = twoLevelDawidSkene(table);
    const first = table.taskStart[7]!;
    const changed = { ...table, voteLabel: table.voteLabel.map((label, v) => (v === first ? (label + 1) % 3 : label)) };
    expect([...leaveOneOut(changed, consensus, 7, first)]).toEqual([...leaveOneOut(table, consensus, 7, first)]);
  });
});
