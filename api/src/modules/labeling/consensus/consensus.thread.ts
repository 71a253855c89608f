import type { Aggregate, AggregateOptions } from './aggregate.ts';
import { aggregate as aggregateHere } from './aggregate.ts';
import type { VoteTable } from './vote-table.ts';

/** `aggregate` with one argument, as a thread is asked. */
export const aggregate = ({ table, options }: { table: VoteTable; options: AggregateOptions }): Aggregate =>
  aggregateHere(table, options);
