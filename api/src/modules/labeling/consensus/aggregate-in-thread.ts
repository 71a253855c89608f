import type { Piscina } from 'piscina';
import type { Aggregate, AggregateOptions } from './aggregate.ts';
import { beside } from './threads.ts';
import type { VoteTable } from './vote-table.ts';

/** The thread module that knows `aggregate`. */
export const CONSENSUS_THREAD = beside(import.meta.url, './consensus.thread');

/** `aggregate` of aggregate.ts with the same bytes, while this thread does other things. */
export const aggregateInThread = (
  threads: Piscina,
  table: VoteTable,
  options: AggregateOptions = {},
): Promise<Aggregate> => threads.run({ table, options }, { name: 'aggregate' }) as Promise<Aggregate>;
