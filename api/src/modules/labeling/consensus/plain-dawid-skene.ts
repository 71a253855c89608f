import { goldByTask, NO_GOLD, startPosterior } from './worker-model.ts';
import { ln, normalizeLogs } from './deterministic-math.ts';
import type { VoteTable } from './vote-table.ts';

/** Added to every count, so that a class that a worker never saw stays possible. */
const SMOOTHING = 0.01;
const CONVERGED = 1e-7;

export interface PlainOptions {
  readonly gold?: ReadonlyMap<string, string>;
  readonly maxIterations?: number;
}

/**
 * The confusion-matrix EM of Dawid & Skene (1979), without any tie between workers. Returns [task × class].
 * Gold answers stay fixed, and start the EM when there are some.
 */
export function plainDawidSkene(table: VoteTable, options: PlainOptions = {}): Float64Array {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const posterior = startPosterior(table, goldLabel);
  let goldOnly = goldLabel.some((label) => label !== NO_GOLD);
  let change = 1;
  for (let i = 0; i < (options.maxIterations ?? 60) && change > CONVERGED; i += 1) {
    change = updatePosterior(table, goldLabel, posterior, fit(table, goldLabel, posterior, goldOnly));
    goldOnly = false;
  }
  return posterior;
}

interface Model {
  readonly logConfusion: Float64Array;
  readonly logPrior: Float64Array;
}

function fit(table: VoteTable, goldLabel: Int32Array, posterior: Float64Array, goldOnly: boolean): Model {
  const classes = table.labels.length;
  const square = classes * classes;
  const counts = new Float64Array(table.workers.length * square).fill(SMOOTHING);
  const mass = new Float64Array(classes).fill(SMOOTHING);
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldOnly && goldLabel[t] === NO_GOLD) continue;
    for (let k = 0; k < classes; k += 1) mass[k]! += posterior[t * classes + k]!;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const base = table.voteWorker[v]! * square + table.voteLabel[v]!;
      for (let k = 0; k < classes; k += 1) counts[base + k * classes]! += posterior[t * classes + k]!;
    }
  }
  const total = mass.reduce((sum, value) => sum + value, 0);
  for (let row = 0; row < counts.length; row += classes) {
    let sum = 0;
    for (let l = 0; l < classes; l += 1) sum += counts[row + l]!;
    for (let l = 0; l < classes; l += 1) counts[row + l] = ln(counts[row + l]! / sum);
  }
  return { logConfusion: counts, logPrior: mass.map((value) => ln(value / total)) };
}

function updatePosterior(table: VoteTable, goldLabel: Int32Array, posterior: Float64Array, model: Model): number {
  const classes = table.labels.length;
  const square = classes * classes;
  const row = new Float64Array(classes);
  let change = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    row.set(model.logPrior);
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const base = table.voteWorker[v]! * square + table.voteLabel[v]!;
      for (let k = 0; k < classes; k += 1) row[k]! += model.logConfusion[base + k * classes]!;
    }
    normalizeLogs(row, 0, classes);
    for (let k = 0; k < classes; k += 1) change = Math.max(change, Math.abs(row[k]! - posterior[t * classes + k]!));
    posterior.set(row, t * classes);
  }
  return change;
}
