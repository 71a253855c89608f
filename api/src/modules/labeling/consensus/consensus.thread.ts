import type { AggregateOptions } from './aggregate.ts';
import { aggregate } from './aggregate.ts';
import { serve } from './thread-pool.ts';
import type { VoteTable } from './vote-table.ts';

serve({
  aggregate: ({ table, options }: { table: VoteTable; options: AggregateOptions }) => aggregate(table, options),
});
