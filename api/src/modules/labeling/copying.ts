import type { VoteTable } from './consensus/vote-table.ts';

/** Of the tasks that other copyists have answered too, on so many a copyist said what most of them said. */
export interface Copying {
  readonly labelers: number;
  readonly same: number;
  readonly met: number;
}

/** The evidence against each copyist on the tasks of `counted`, [worker]; null for everybody else. */
export function copyingOf(
  table: VoteTable,
  copies: Uint8Array,
  counted: (task: string) => boolean,
): (Copying | null)[] {
  const others = copies.reduce((sum, one) => sum + one, 0) - 1;
  const same = new Uint32Array(copies.length);
  const met = new Uint32Array(copies.length);
  const key = new Uint32Array(table.labels.length);
  for (let t = 0; others > 0 && t < table.tasks.length; t += 1) {
    if (!counted(table.tasks[t]!)) continue;
    key.fill(0);
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      if (copies[table.voteWorker[v]!] === 1) key[table.voteLabel[v]!]! += 1;
    }
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const worker = table.voteWorker[v]!;
      if (copies[worker] !== 1) continue;
      const label = table.voteLabel[v]!;
      key[label]! -= 1;
      const most = Math.max(...key);
      if (most > 0) {
        met[worker]! += 1;
        if (key[label] === most) same[worker]! += 1;
      }
      key[label]! += 1;
    }
  }
  return Array.from(copies, (one, w) => (one === 1 ? { labelers: others, same: same[w]!, met: met[w]! } : null));
}
