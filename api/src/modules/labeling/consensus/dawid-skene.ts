import { ln, normalizeLogs } from './deterministic-math.ts';
import { voteShares } from './majority-vote.ts';
import type { VoteTable } from './vote-table.ts';

/**
 * Two-level Dawid–Skene: confusion matrices by EM (Dawid & Skene 1979), where the prior of a worker's matrix is built
 * from the worker's own accuracy, itself shrunk to the pool. Tasks with a known answer (gold) keep it and start the EM.
 */
export interface TwoLevelOptions {
  readonly gold?: ReadonlyMap<string, string>;
  readonly maxIterations?: number;
  /** `uniform` never learns how frequent a class is; `learned` is the default. */
  readonly classPrior?: 'learned' | 'uniform';
  /** Votes that the prior of a row of a worker's matrix weighs; 8 when not given. */
  readonly matrixStrength?: number;
}

export interface WorkerModel {
  /** ln P(worker says l | truth is k), [worker × k × l]. */
  readonly logConfusion: Float64Array;
  /** ln P(truth is k) over the tasks without gold. */
  readonly logPrior: Float64Array;
}

export interface Consensus extends WorkerModel {
  /** P(truth is k), [task × class]. */
  readonly posterior: Float64Array;
  readonly iterations: number;
}

const MATRIX_STRENGTH = 8;
const ACCURACY_STRENGTH = 5;
const ERROR_SHAPE_MASS = 20;
const CONVERGED = 1e-7;
/** Under this many votes per task class frequencies cannot be told from worker bias; they stay uniform. */
const VOTES_TO_LEARN_PRIOR = 1.5;
/** Stands where a task has no known answer. */
export const NO_GOLD = -1;

export function twoLevelDawidSkene(table: VoteTable, options: TwoLevelOptions = {}): Consensus {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const posterior = startPosterior(table, goldLabel);
  const goldStarts = goldLabel.some((label) => label !== NO_GOLD);
  const uniform = options.classPrior === 'uniform';
  const strength = options.matrixStrength ?? MATRIX_STRENGTH;
  let model = fitWorkers(table, posterior, goldLabel, { goldOnly: goldStarts, uniform, strength });
  let iterations = 0;
  for (let change = 1; iterations < (options.maxIterations ?? 60) && change > CONVERGED; iterations += 1) {
    change = updatePosterior(table, model, goldLabel, posterior);
    model = fitWorkers(table, posterior, goldLabel, { goldOnly: false, uniform, strength });
  }
  return { ...model, posterior, iterations };
}

/**
 * Posterior of the task of vote v from the other votes only, so that nobody is judged by his own answer.
 * A gold task keeps its known answer.
 */
export function leaveOneOut(table: VoteTable, consensus: Consensus, task: number, vote: number): Float64Array {
  const classes = table.labels.length;
  const without = new Float64Array(consensus.logPrior);
  for (let v = table.taskStart[task]!; v < table.taskStart[task + 1]!; v += 1) {
    if (v !== vote) addVote(table, consensus, v, without, 0);
  }
  normalizeLogs(without, 0, classes);
  return without;
}

/** Class of each task whose answer is known, NO_GOLD for the others. */
export function goldByTask(table: VoteTable, gold: ReadonlyMap<string, string>): Int32Array {
  return Int32Array.from(table.tasks, (task) => {
    const label = gold.get(task);
    if (label === undefined) return NO_GOLD;
    const index = table.labels.indexOf(label);
    if (index < 0) throw new Error(`gold label ${label} of task ${task} is not in the label schema`);
    return index;
  });
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

/** M step. With `goldOnly` the matrices come from gold alone: a ring that agrees with itself gets no head start. */
function fitWorkers(
  table: VoteTable,
  posterior: Float64Array,
  goldLabel: Int32Array,
  { goldOnly, uniform, strength }: { goldOnly: boolean; uniform: boolean; strength: number },
): WorkerModel {
  const classes = table.labels.length;
  const square = classes * classes;
  const counts = new Float64Array(table.workers.length * square);
  const classMass = new Float64Array(classes).fill(1);
  let openTasks = 0;
  let openVotes = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    const known = goldLabel[t] !== NO_GOLD;
    if (!known) {
      openTasks += 1;
      openVotes += table.taskStart[t + 1]! - table.taskStart[t]!;
      for (let k = 0; k < classes; k += 1) classMass[k]! += posterior[t * classes + k]!;
    }
    if (goldOnly && !known) continue;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      const base = table.voteWorker[v]! * square + table.voteLabel[v]!;
      for (let k = 0; k < classes; k += 1) counts[base + k * classes]! += posterior[t * classes + k]!;
    }
  }
  const learnPrior = !goldOnly && !uniform && openVotes >= VOTES_TO_LEARN_PRIOR * openTasks;
  const logPrior = classMass.map((mass) => (learnPrior ? ln(mass / (openTasks + classes)) : ln(1 / classes)));
  return { logConfusion: logConfusionOf(counts, table.workers.length, classes, strength), logPrior };
}

function logConfusionOf(counts: Float64Array, workers: number, classes: number, strength: number): Float64Array {
  const square = classes * classes;
  const pooled = new Float64Array(square);
  for (let i = 0; i < counts.length; i += 1) pooled[i % square]! += counts[i]!;
  const pool = accuracyOf(pooled, 0, classes);
  const poolAccuracy = (pool.right + 1) / (pool.total + 2);
  const errorShape = errorShapeOf(pooled, classes);
  const result = new Float64Array(counts.length);
  for (let w = 0; w < workers; w += 1) {
    const own = accuracyOf(counts, w * square, classes);
    const accuracy = (own.right + ACCURACY_STRENGTH * poolAccuracy) / (own.total + ACCURACY_STRENGTH);
    for (let k = 0; k < classes; k += 1) {
      const row = w * square + k * classes;
      let total = strength;
      for (let l = 0; l < classes; l += 1) total += counts[row + l]!;
      for (let l = 0; l < classes; l += 1) {
        const prior = k === l ? accuracy : (1 - accuracy) * errorShape[k * classes + l]!;
        result[row + l] = ln((counts[row + l]! + strength * prior) / total);
      }
    }
  }
  return result;
}

function accuracyOf(counts: Float64Array, offset: number, classes: number): { right: number; total: number } {
  let right = 0;
  let total = 0;
  for (let k = 0; k < classes; k += 1) {
    right += counts[offset + k * classes + k]!;
    for (let l = 0; l < classes; l += 1) total += counts[offset + k * classes + l]!;
  }
  return { right, total };
}

/** How the pool errs: P(says l | truth is k, wrong). */
function errorShapeOf(pooled: Float64Array, classes: number): Float64Array {
  const shape = new Float64Array(classes * classes);
  for (let k = 0; k < classes; k += 1) {
    let total = 0;
    for (let l = 0; l < classes; l += 1) if (l !== k) total += pooled[k * classes + l]! + ERROR_SHAPE_MASS / classes;
    for (let l = 0; l < classes; l += 1) {
      if (l !== k) shape[k * classes + l] = (pooled[k * classes + l]! + ERROR_SHAPE_MASS / classes) / total;
    }
  }
  return shape;
}

/** E step; returns the largest change of any probability. */
function updatePosterior(table: VoteTable, model: WorkerModel, goldLabel: Int32Array, posterior: Float64Array): number {
  const classes = table.labels.length;
  const row = new Float64Array(classes);
  let change = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    row.set(model.logPrior);
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) addVote(table, model, v, row, 0);
    normalizeLogs(row, 0, classes);
    for (let k = 0; k < classes; k += 1) change = Math.max(change, Math.abs(row[k]! - posterior[t * classes + k]!));
    posterior.set(row, t * classes);
  }
  return change;
}

function addVote(table: VoteTable, model: WorkerModel, vote: number, logs: Float64Array, offset: number): void {
  const classes = table.labels.length;
  const base = table.voteWorker[vote]! * classes * classes + table.voteLabel[vote]!;
  for (let k = 0; k < classes; k += 1) logs[offset + k]! += model.logConfusion[base + k * classes]!;
}
