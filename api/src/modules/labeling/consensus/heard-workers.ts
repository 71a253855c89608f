import { count, emptyCounts, runEm } from './em.ts';
import { startPosterior } from './gold.ts';
import { isRing } from './ring.ts';
import { constantWorkers } from './uninformative.ts';
import { voiceGroups } from './voice-groups.ts';
import type { VoteTable } from './vote-table.ts';
import { canLearnPrior, fitTwoLevel } from './worker-model.ts';

/** Who is heard before any worker model is fitted. */
export interface Hearing {
  /** The votes of those who are heard; tasks, workers and labels are those of the whole table. */
  readonly heard: VoteTable;
  /** 1 for a copyist of a shared key, [worker]. */
  readonly copies: Uint8Array;
  /** 1 for a worker who is not heard: a copyist, or one who always says the same, [worker]. */
  readonly unheard: Uint8Array;
}

const MATRIX_STRENGTH = 8;
const MAX_RINGS = 3;
/** Who is right this often by the model's own account is one of those whom the model believes. */
const BELIEVED = 0.9;
const VOTES_TO_BE_BELIEVED = 5;
const ITERATIONS = 20;

/** Leaves out those who say the same whatever is asked, and rings: as the model's own experts, or by how their members agree. */
export function hearWorkers(table: VoteTable, goldLabel: Int32Array): Hearing {
  const unheard = constantWorkers(table);
  const copies = new Uint8Array(table.workers.length);
  let heard = withoutWorkers(table, unheard);
  for (let round = 0; round < MAX_RINGS; round += 1) {
    const ring = ringOf(heard, goldLabel);
    if (!ring) break;
    mark(copies, ring);
    mark(unheard, ring);
    heard = withoutWorkers(table, unheard);
  }
  return { heard, copies, unheard };
}

function ringOf(heard: VoteTable, goldLabel: Int32Array): Uint8Array | null {
  const believed = believedWorkers(heard, goldLabel);
  if (isRing(heard, goldLabel, believed)) return believed;
  return voiceGroups(heard, goldLabel).find((group) => isRing(heard, goldLabel, group)) ?? null;
}

/** A ring that wins the EM over looks like its best workers. */
function believedWorkers(heard: VoteTable, goldLabel: Int32Array): Uint8Array {
  const posterior = startPosterior(heard, goldLabel);
  const priorWeight = canLearnPrior(heard, goldLabel) ? 1 : 0;
  runEm({
    table: heard,
    goldLabel,
    posterior,
    fit: (counts) => fitTwoLevel(counts, { strength: MATRIX_STRENGTH, priorWeight }),
    maxIterations: ITERATIONS,
  });
  const counts = emptyCounts(heard);
  count(heard, goldLabel, posterior, counts, false);
  const classes = heard.labels.length;
  const square = classes * classes;
  return Uint8Array.from(heard.workers, (_, w) => {
    let right = 0;
    let given = 0;
    for (let i = 0; i < square; i += 1) given += counts.confusion[w * square + i]!;
    for (let k = 0; k < classes; k += 1) right += counts.confusion[w * square + k * (classes + 1)]!;
    return given >= VOTES_TO_BE_BELIEVED && right >= BELIEVED * given ? 1 : 0;
  });
}

function mark(into: Uint8Array, from: Uint8Array): void {
  for (let w = 0; w < into.length; w += 1) if (from[w] === 1) into[w] = 1;
}

/** The same tasks and workers with fewer votes. */
export function withoutWorkers(table: VoteTable, unheard: Uint8Array): VoteTable {
  if (!unheard.includes(1)) return table;
  const taskStart = new Uint32Array(table.taskStart.length);
  const voteWorker = new Uint32Array(table.voteWorker.length);
  const voteLabel = new Uint16Array(table.voteLabel.length);
  let kept = 0;
  for (let t = 0; t + 1 < taskStart.length; t += 1) {
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      if (unheard[table.voteWorker[v]!] === 1) continue;
      voteWorker[kept] = table.voteWorker[v]!;
      voteLabel[kept] = table.voteLabel[v]!;
      kept += 1;
    }
    taskStart[t + 1] = kept;
  }
  return { ...table, taskStart, voteWorker: voteWorker.slice(0, kept), voteLabel: voteLabel.slice(0, kept) };
}
