import { afterAll, describe, expect, it } from '@jest/globals';
import { simulateVotes } from './consensus/simulate-votes.ts';
import { SettlementRunner } from './settlement.runner.ts';
import type { SettlementInput } from './settlement-types.ts';
import { settle } from './settlement.ts';

const LABELS = ['a', 'b', 'c'];
const runner = new SettlementRunner();
afterAll(() => runner.onModuleDestroy());

function jobOf(tasks: number): SettlementInput {
  const workers = [0.9, 0.85, 0.8, 'random' as const];
  const { votes, truth } = simulateVotes({ tasks, labels: LABELS, seed: 2, workers, answersPerTask: 3, quiz: 5 });
  const quiz = [...truth].filter(([task]) => task.startsWith('quiz'));
  const labelers = workers.map((_, w) => `w${w}`);
  return {
    labels: LABELS,
    rule: { overlapMin: 2, overlapMax: 3, threshold: 0.95, margin: 0.2 },
    patience: { holdLabels: 0, recentLabels: 30 },
    final: false,
    adjudicators: false,
    gold: quiz.map(([, label]) => label),
    quizzes: labelers.map((labeler) => ({
      labeler,
      answers: quiz.map(([task]) => votes.find((vote) => vote.task === task && vote.worker === labeler)!.label),
    })),
    hiddenGold: [],
    tasks: [...truth.keys()].flatMap((id) => (id.startsWith('quiz') ? [] : [{ id, taken: 3, reports: 0 }])),
    annotations: votes.flatMap(({ task, worker, label }) =>
      task.startsWith('quiz')
        ? []
        : [
            {
              assignmentId: `${task}/${worker}`,
              taskId: task,
              labeler: worker,
              value: label,
              kind: 'LABEL' as const,
              tooFast: false,
              round: 1,
              pending: true,
              overdue: false,
              late: false,
            },
          ],
    ),
    adjudications: [],
    appeals: [],
  };
}

describe('settlement of a large job', () => {
  it('gives the same bytes in a thread as here', async () => {
    const input = jobOf(200);
    const here = JSON.stringify(settle(input));
    expect(JSON.parse(here).outcomes.length).toBeGreaterThan(150);
    expect(JSON.stringify(await runner.run(input, 0))).toBe(here);
    expect(JSON.stringify(await runner.run(input))).toBe(here);
  });

  it('leaves the event loop free from the size on at which it takes a thread', async () => {
    const input = jobOf(900);
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    await runner.run(input);
    counting = false;
    expect(turns).toBeGreaterThan(100);
  });
});
