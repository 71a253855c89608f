import type { VoteTable } from './vote-table.ts';

/** Share of each class among the votes of each task, row-major [task × class]. */
export function voteShares(table: VoteTable): Float64Array {
  const classes = table.labels.length;
  const tasks = table.taskStart.length - 1;
  const shares = new Float64Array(tasks * classes);
  for (let t = 0; t < tasks; t += 1) {
    const from = table.taskStart[t]!;
    const to = table.taskStart[t + 1]!;
    for (let v = from; v < to; v += 1) shares[t * classes + table.voteLabel[v]!]! += 1 / (to - from);
  }
  return shares;
}

/** Index of the largest value of a row; the first one when several are equal. */
export function argmax(values: Float64Array, offset: number, size: number): number {
  let best = 0;
  for (let k = 1; k < size; k += 1) if (values[offset + k]! > values[offset + best]!) best = k;
  return best;
}

/** The most frequent label of each task; ties go to the class that the schema lists first. */
export function majorityVote(table: VoteTable): Map<string, string> {
  const shares = voteShares(table);
  const classes = table.labels.length;
  return new Map(table.tasks.map((task, t) => [task, table.labels[argmax(shares, t * classes, classes)]!]));
}
