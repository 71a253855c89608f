/** One answer: `worker` says that `task` is `label`. Ids and labels are opaque strings. */
export interface Vote {
  readonly task: string;
  readonly worker: string;
  readonly label: string;
}

/**
 * Votes as integers, sorted by (task, worker) in code-unit order, so that the order of arrival cannot change a sum.
 * The votes of task t are those from `taskStart[t]` up to `taskStart[t + 1]`.
 */
export interface VoteTable {
  readonly tasks: readonly string[];
  readonly workers: readonly string[];
  readonly labels: readonly string[];
  readonly taskStart: Uint32Array;
  readonly voteWorker: Uint32Array;
  readonly voteLabel: Uint16Array;
}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sortedUnique = (values: Iterable<string>): string[] => [...new Set(values)].sort(byCodeUnit);
const positions = (values: readonly string[]): Map<string, number> =>
  new Map(values.map((value, index) => [value, index]));

/** `labels` fixes the classes and their order; a vote for another label or a second vote of one worker on a task throws. */
export function buildVoteTable(votes: readonly Vote[], labels: readonly string[]): VoteTable {
  const taskIndex = positions(sortedUnique(votes.map((vote) => vote.task)));
  const workerIndex = positions(sortedUnique(votes.map((vote) => vote.worker)));
  const labelIndex = positions(labels);
  const taskStart = new Uint32Array(taskIndex.size + 1);
  for (const vote of votes) taskStart[taskIndex.get(vote.task)! + 1]! += 1;
  for (let t = 0; t < taskIndex.size; t += 1) taskStart[t + 1]! += taskStart[t]!;
  const voteWorker = new Uint32Array(votes.length);
  const voteLabel = new Uint16Array(votes.length);
  const taskEnd = taskStart.slice();
  for (const vote of votes) {
    const label = labelIndex.get(vote.label);
    if (label === undefined) throw new Error(`label ${vote.label} is not in the label schema`);
    const task = taskIndex.get(vote.task)!;
    const worker = workerIndex.get(vote.worker)!;
    let at = taskEnd[task]!;
    taskEnd[task]! += 1;
    for (; at > taskStart[task]! && voteWorker[at - 1]! >= worker; at -= 1) {
      if (voteWorker[at - 1] === worker) throw new Error(`worker ${vote.worker} votes twice on task ${vote.task}`);
      voteWorker[at] = voteWorker[at - 1]!;
      voteLabel[at] = voteLabel[at - 1]!;
    }
    voteWorker[at] = worker;
    voteLabel[at] = label;
  }
  return { tasks: [...taskIndex.keys()], workers: [...workerIndex.keys()], labels, taskStart, voteWorker, voteLabel };
}
