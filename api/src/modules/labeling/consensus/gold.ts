import { NO_GOLD } from './em.ts';
import { voteShares } from './majority-vote.ts';
import type { VoteTable } from './vote-table.ts';

/** Class of each task whose answer is known, NO_GOLD for the others. */
export function goldByTask(table: VoteTable, gold: ReadonlyMap<string, string>): Int32Array {
  const known = new Int32Array(table.taskStart.length - 1).fill(NO_GOLD);
  if (gold.size === 0) return known;
  table.tasks.forEach((task, t) => {
    const label = gold.get(task);
    if (label === undefined) return;
    const index = table.labels.indexOf(label);
    if (index < 0) throw new Error(`gold label ${label} of task ${task} is not in the label schema`);
    known[t] = index;
  });
  return known;
}

/** Vote shares, with certainty on the gold tasks. */
export function startPosterior(table: VoteTable, goldLabel: Int32Array): Float64Array {
  const classes = table.labels.length;
  const posterior = voteShares(table);
  goldLabel.forEach((label, t) => {
    if (label === NO_GOLD) return;
    posterior.fill(0, t * classes, (t + 1) * classes);
    posterior[t * classes + label] = 1;
  });
  return posterior;
}
