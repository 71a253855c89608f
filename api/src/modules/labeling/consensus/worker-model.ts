import { ln, normalizeLogs } from './deterministic-math.ts';
import { voteShares } from './majority-vote.ts';
import type { VoteTable } from './vote-table.ts';

export interface WorkerModel {
  /** ln P(worker says l | truth is k), [worker × k × l]; zeros for a worker who is not heard. */
  readonly logConfusion: Float64Array;
  /** ln P(truth is k) over the tasks without gold. */
  readonly logPrior: Float64Array;
}

export interface FitOptions {
  /** Only tasks of known answer count: a ring that agrees with itself gets no head start. */
  readonly goldOnly: boolean;
  readonly uniform: boolean;
  /** Votes that the prior of a row of a worker's matrix weighs. */
  readonly strength: number;
  /** How much each worker is heard, 0 to 1; everybody fully when not given. */
  readonly weights?: Float64Array | undefined;
}

const ACCURACY_STRENGTH = 5;
const ERROR_SHAPE_MASS = 20;
/** Under this many votes per task class frequencies cannot be told from worker bias; they stay uniform. */
const VOTES_TO_LEARN_PRIOR = 1.5;
/** Stands where a task has no known answer. */
export const NO_GOLD = -1;

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

/** M step. */
export function fitWorkers(
  table: VoteTable,
  posterior: Float64Array,
  goldLabel: Int32Array,
  { goldOnly, uniform, strength, weights }: FitOptions,
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
      const weight = weights ? weights[table.voteWorker[v]!]! : 1;
      if (weight === 0) continue;
      const base = table.voteWorker[v]! * square + table.voteLabel[v]!;
      for (let k = 0; k < classes; k += 1) counts[base + k * classes]! += weight * posterior[t * classes + k]!;
    }
  }
  const learnPrior = !goldOnly && !uniform && openVotes >= VOTES_TO_LEARN_PRIOR * openTasks;
  const logPrior = classMass.map((mass) => (learnPrior ? ln(mass / (openTasks + classes)) : ln(1 / classes)));
  const logConfusion = logConfusionOf(counts, table.workers.length, classes, strength);
  if (weights) for (let i = 0; i < logConfusion.length; i += 1) logConfusion[i]! *= weights[Math.floor(i / square)]!;
  return { logConfusion, logPrior };
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
export function updatePosterior(
  table: VoteTable,
  model: WorkerModel,
  goldLabel: Int32Array,
  posterior: Float64Array,
): number {
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

/** Adds what one vote says about each class. */
export function addVote(table: VoteTable, model: WorkerModel, vote: number, logs: Float64Array, offset: number): void {
  const classes = table.labels.length;
  const base = table.voteWorker[vote]! * classes * classes + table.voteLabel[vote]!;
  for (let k = 0; k < classes; k += 1) logs[offset + k]! += model.logConfusion[base + k * classes]!;
}
