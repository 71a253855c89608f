import { NO_GOLD } from './em.ts';
import { goldByTask, startPosterior } from './gold.ts';
import type { VoteTable } from './vote-table.ts';

/**
 * Worker agreement with aggregate (Wawa, as Appen publishes it and Crowd-Kit implements it): a worker's weight is the
 * share of his votes that agree with the vote shares, and each task is the weighted share of its votes.
 * Returns [task × class].
 */
export function wawa(table: VoteTable, gold: ReadonlyMap<string, string> = new Map()): Float64Array {
  const classes = table.labels.length;
  const goldLabel = goldByTask(table, gold);
  const first = startPosterior(table, goldLabel);
  const agreed = new Float64Array(table.workers.length);
  const given = new Float64Array(table.workers.length);
  for (let t = 0; t < table.tasks.length; t += 1) {
    const leaders = leadersOf(first, t * classes, classes);
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const worker = table.voteWorker[v]!;
      given[worker]! += 1;
      if (leaders.includes(table.voteLabel[v]!)) agreed[worker]! += 1 / leaders.length;
    }
  }
  const posterior = new Float64Array(first);
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    const row = posterior.subarray(t * classes, (t + 1) * classes).fill(0);
    let total = 0;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const worker = table.voteWorker[v]!;
      const weight = agreed[worker]! / given[worker]!;
      row[table.voteLabel[v]!]! += weight;
      total += weight;
    }
    if (total === 0) row.set(first.subarray(t * classes, (t + 1) * classes));
    else for (let k = 0; k < classes; k += 1) row[k] = row[k]! / total;
  }
  return posterior;
}

/** Every class that nothing beats, so that a tie gives half an agreement to both sides and not to the first of the list. */
function leadersOf(values: Float64Array, offset: number, classes: number): number[] {
  const row = [...values.subarray(offset, offset + classes)];
  const best = Math.max(...row);
  return row.flatMap((value, k) => (value >= best - 1e-9 ? [k] : []));
}
