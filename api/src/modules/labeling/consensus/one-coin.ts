import { goldByTask, NO_GOLD, startPosterior } from './worker-model.ts';
import { ln, normalizeLogs } from './deterministic-math.ts';
import type { VoteTable } from './vote-table.ts';

/** Votes of an average worker that are mixed into each worker's own, so that no accuracy is ever 0 or 1. */
const POOL_VOTES = 2;
const CONVERGED = 1e-7;

export interface OneCoinOptions {
  readonly gold?: ReadonlyMap<string, string>;
  readonly maxIterations?: number;
}

export interface OneCoin {
  /** P(truth is k), [task × class]. */
  readonly posterior: Float64Array;
  readonly accuracy: Float64Array;
  readonly iterations: number;
}

/**
 * Dawid–Skene with one number per worker (ZenCrowd, Demartini 2012; "one-coin"): right with probability q, else any
 * other class alike. Class frequencies are not learned. Gold starts the accuracies when there is some.
 */
export function oneCoin(table: VoteTable, options: OneCoinOptions = {}): OneCoin {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const posterior = startPosterior(table, goldLabel);
  const goldStarts = goldLabel.some((label) => label !== NO_GOLD);
  let accuracy = accuracies(table, posterior, goldLabel, goldStarts);
  let iterations = 0;
  for (let change = 1; iterations < (options.maxIterations ?? 60) && change > CONVERGED; iterations += 1) {
    change = updatePosterior(table, accuracy, goldLabel, posterior);
    accuracy = accuracies(table, posterior, goldLabel, false);
  }
  return { posterior, accuracy, iterations };
}

function accuracies(table: VoteTable, posterior: Float64Array, goldLabel: Int32Array, goldOnly: boolean): Float64Array {
  const classes = table.labels.length;
  const right = new Float64Array(table.workers.length);
  const given = new Float64Array(table.workers.length);
  let allRight = 0;
  let allGiven = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldOnly && goldLabel[t] === NO_GOLD) continue;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const agreement = posterior[t * classes + table.voteLabel[v]!]!;
      right[table.voteWorker[v]!]! += agreement;
      given[table.voteWorker[v]!]! += 1;
      allRight += agreement;
      allGiven += 1;
    }
  }
  const pool = (allRight + 1) / (allGiven + 2);
  return right.map((sum, w) => (sum + POOL_VOTES * pool) / (given[w]! + POOL_VOTES));
}

function updatePosterior(
  table: VoteTable,
  accuracy: Float64Array,
  goldLabel: Int32Array,
  posterior: Float64Array,
): number {
  const classes = table.labels.length;
  if (classes < 2) return 0;
  const weight = accuracy.map((q) => ln(q) - ln((1 - q) / (classes - 1)));
  const row = new Float64Array(classes);
  let change = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    row.fill(0);
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      row[table.voteLabel[v]!]! += weight[table.voteWorker[v]!]!;
    }
    normalizeLogs(row, 0, classes);
    for (let k = 0; k < classes; k += 1) change = Math.max(change, Math.abs(row[k]! - posterior[t * classes + k]!));
    posterior.set(row, t * classes);
  }
  return change;
}
