import type { Consensus } from './dawid-skene.ts';
import { leaveOneOut } from './dawid-skene.ts';
import type { VoteTable } from './vote-table.ts';

/** How much a worker's labels say about the truth: 1 = always right, 0 = as much as guessing. */
export interface Informedness {
  /** Balanced recall against the others' posterior, corrected for chance. */
  readonly score: number;
  readonly standardError: number;
  readonly labels: number;
  /** True when gold or the votes of others show a copyist of a shared key (see heard-workers.ts). */
  readonly copies: boolean;
}

/** From when on a worker's labels are said to carry no information. */
export interface Gate {
  readonly minimumLabels: number;
  readonly minimumScore: number;
  /** Standard errors of doubt that speak for the worker. */
  readonly doubt: number;
}

/** Chosen leave-one-set-out: test/bench/labels/README.md. */
export const GATE: Gate = { minimumLabels: 10, minimumScore: 0.15, doubt: 0.5 };
/** A class needs this much expected mass among the worker's tasks to have a recall worth averaging. */
const MINIMUM_CLASS_MASS = 1;

/**
 * Informedness of each worker of the table, judged on the votes of `judged` only (a task and the index of a worker), by leave-one-out posteriors. A task
 * that nobody else has answered says nothing about a worker and is not counted: without it, being early would look like
 * guessing.
 */
export function informednessOf(
  table: VoteTable,
  consensus: Consensus,
  judged: (task: string, worker: number) => boolean,
): Informedness[] {
  const classes = table.labels.length;
  const mass = new Float64Array(table.workers.length * classes);
  const hits = new Float64Array(table.workers.length * classes);
  const labels = new Uint32Array(table.workers.length);
  for (let t = 0; t < table.tasks.length; t += 1) {
    const alone = table.taskStart[t + 1]! - table.taskStart[t]! < 2;
    if (alone) continue;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      if (!judged(table.tasks[t]!, table.voteWorker[v]!)) continue;
      const others = leaveOneOut(table, consensus, t, v);
      const row = table.voteWorker[v]! * classes;
      labels[table.voteWorker[v]!]! += 1;
      hits[row + table.voteLabel[v]!]! += others[table.voteLabel[v]!]!;
      for (let k = 0; k < classes; k += 1) mass[row + k]! += others[k]!;
    }
  }
  return table.workers.map((_, w) => ({
    ...balancedRecall(mass, hits, w * classes, classes, labels[w]!),
    copies: consensus.copies[w] === 1,
  }));
}

/** True when the worker copies, or has answered enough to be judged and the answers carry no information. */
export function isGated(worker: Informedness, gate: Gate = GATE): boolean {
  const { labels, score, standardError } = worker;
  return worker.copies || (labels >= gate.minimumLabels && score + gate.doubt * standardError < gate.minimumScore);
}

function balancedRecall(
  mass: Float64Array,
  hits: Float64Array,
  offset: number,
  classes: number,
  labels: number,
): Omit<Informedness, 'copies'> {
  let seen = 0;
  let recalls = 0;
  let variance = 0;
  for (let k = 0; k < classes; k += 1) {
    const m = mass[offset + k]!;
    if (m < MINIMUM_CLASS_MASS) continue;
    const recall = Math.min(1, hits[offset + k]! / m);
    seen += 1;
    recalls += recall;
    variance += (recall * (1 - recall)) / m;
  }
  if (seen < 2) return { score: 1, standardError: 0, labels };
  const chance = 1 / seen;
  const scale = 1 / (1 - chance);
  return { score: (recalls / seen - chance) * scale, standardError: (Math.sqrt(variance) / seen) * scale, labels };
}
