import { ln } from './deterministic-math.ts';
import type { VoteTable } from './vote-table.ts';

/**
 * Workers whose answers are all the same class although their tasks are not, [worker] 1 or 0. What is said whatever the
 * question says nothing. A worker with few answers, or on tasks where others say the same, is never accused: the chance
 * that an average worker answers all of these tasks so is what counts.
 */
export function constantWorkers(table: VoteTable): Uint8Array {
  const classes = table.labels.length;
  const only = new Int32Array(table.workers.length).fill(UNSEEN);
  const chance = new Float64Array(table.workers.length);
  const given = new Uint32Array(classes);
  const total = new Float64Array(classes).fill(1);
  for (const label of table.voteLabel) total[label]! += 1;
  const votes = table.voteLabel.length + classes;
  for (let t = 0; t + 1 < table.taskStart.length; t += 1) {
    const from = table.taskStart[t]!;
    const to = table.taskStart[t + 1]!;
    given.fill(0);
    for (let v = from; v < to; v += 1) given[table.voteLabel[v]!]! += 1;
    for (let v = from; v < to; v += 1) {
      const worker = table.voteWorker[v]!;
      const label = table.voteLabel[v]!;
      if (only[worker] === UNSEEN) only[worker] = label;
      else if (only[worker] !== label) only[worker] = SEVERAL;
      // Share of the others who say so, with one answer of the pool added.
      chance[worker]! += ln((given[label]! - 1 + total[label]! / votes) / (to - from));
    }
  }
  return Uint8Array.from(only, (label, w) => (label >= 0 && chance[w]! < IMPROBABLE ? 1 : 0));
}

const UNSEEN = -1;
const SEVERAL = -2;
/** ln of one in a thousand. */
const IMPROBABLE = -6.9;
