import { afterAll, describe, expect, it } from '@jest/globals';
import { aggregate, METHODS } from './aggregate.ts';
import { aggregateInThread, CONSENSUS_THREAD } from './aggregate-in-thread.ts';
import { simulateVotes } from './simulate-votes.ts';
import { threadsOf } from './threads.ts';
import { buildVoteTable } from './vote-table.ts';

const LABELS = ['a', 'b', 'c'];
const threads = threadsOf(CONSENSUS_THREAD, 2);
afterAll(() => threads.destroy());

function quizzedTable(tasks: number) {
  const workers = [0.9, 0.8, 0.7, 0.6, 'random' as const, 'ring' as const, 'ring' as const];
  const { votes, truth } = simulateVotes({ tasks, labels: LABELS, seed: 5, workers, answersPerTask: 4, quiz: 5 });
  const gold = new Map([...truth].filter(([task]) => task.startsWith('quiz')));
  return { table: buildVoteTable(votes, LABELS), gold };
}

describe('consensus in a thread', () => {
  it.each(METHODS)('%s: the same bytes as in this thread', async (method) => {
    const { table, gold } = quizzedTable(60);
    const here = aggregate(table, { method, gold });
    const there = await aggregateInThread(threads, table, { method, gold });
    expect(Buffer.from(there.posterior.buffer).equals(Buffer.from(here.posterior.buffer))).toBe(true);
    expect(there).toEqual(here);
  });

  it('lets this thread go on: the event loop turns while it runs, and does not when the work is done here', async () => {
    const { table, gold } = quizzedTable(4000);
    let turns = 0;
    let counting = true;
    const count = () => {
      turns += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    aggregate(table, { gold });
    const here = turns;
    await aggregateInThread(threads, table, { gold });
    counting = false;
    expect(here).toBe(0);
    expect(turns).toBeGreaterThan(100);
  });

  it('rejects what the function throws, and answers the next call', async () => {
    const { table } = quizzedTable(3);
    const gold = new Map([['quiz0', 'not a label']]);
    await expect(aggregateInThread(threads, table, { gold })).rejects.toThrow('not in the label schema');
    await expect(threads.run(null, { name: 'nothing' })).rejects.toThrow('No handler');
    await expect(aggregateInThread(threads, table)).resolves.toMatchObject({ method: 'average' });
  });

  it('runs more calls than it has threads, each with its own answer', async () => {
    const tables = [5, 10, 15, 20, 25].map((tasks) => quizzedTable(tasks).table);
    const lengths = await Promise.all(tables.map((table) => aggregateInThread(threads, table)));
    expect(lengths.map(({ chosen }) => chosen.length)).toEqual([10, 15, 20, 25, 30]);
  });
});
