import type { Aggregate, AggregateOptions } from './aggregate.ts';
import type { ThreadPool } from './thread-pool.ts';
import { beside } from './thread-pool.ts';
import type { VoteTable } from './vote-table.ts';

/** The thread module that knows `aggregate`. */
export const CONSENSUS_THREAD = beside(import.meta.url, './consensus.thread');

/** `aggregate` of aggregate.ts with the same bytes, while this thread does other things. */
export const aggregateInThread = (
  pool: ThreadPool,
  table: VoteTable,
  options: AggregateOptions = {},
): Promise<Aggregate> => pool.run<Aggregate>('aggregate', { table, options });
