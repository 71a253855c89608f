import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import type { VoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { SEED, SPEED } from './protocol.ts';

/** Votes of equally good workers, for measuring time and memory. */
export function madeUpTable(votes: number, classes: number): VoteTable {
  const random = randomSource(SEED);
  const tasks = votes / SPEED.votesPerTask;
  const voteWorker = new Uint32Array(votes);
  const voteLabel = new Uint16Array(votes);
  const taskStart = new Uint32Array(tasks + 1);
  for (let t = 0; t < tasks; t += 1) {
    const truth = Math.floor(random() * classes);
    taskStart[t + 1] = (t + 1) * SPEED.votesPerTask;
    for (let v = taskStart[t]!; v < taskStart[t + 1]!; v += 1) {
      voteWorker[v] = Math.floor(random() * SPEED.workers);
      voteLabel[v] = random() < SPEED.accuracy ? truth : Math.floor(random() * classes);
    }
  }
  return {
    // Without gold nothing asks for the names, and two million strings are not what is measured.
    tasks: [],
    workers: Array.from({ length: SPEED.workers }, (_, w) => `w${w}`),
    labels: Array.from({ length: classes }, (_, k) => `l${k}`),
    taskStart,
    voteWorker,
    voteLabel,
  };
}
