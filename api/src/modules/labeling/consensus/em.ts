import { exp, ln, normalizeLogs } from './deterministic-math.ts';
import type { VoteTable } from './vote-table.ts';

/** Stands where a task has no known answer. */
export const NO_GOLD = -1;

/** What is believed about workers and classes. */
export interface WorkerModel {
  /** ln P(worker says l | truth is k), [worker × l × k]: what one vote says about each class lies together. */
  readonly logConfusion: Float64Array;
  /** ln P(truth is k), [class]. */
  readonly logPrior: Float64Array;
}

/** Expected counts under a posterior: the sufficient statistics of every model here. */
export interface Counts {
  /** Expected number of tasks of class k on which the worker said l, [worker × l × k]. */
  readonly confusion: Float64Array;
  /** Expected number of tasks of class k among those without gold, and among those with it, [class]. */
  readonly openMass: Float64Array;
  readonly goldMass: Float64Array;
  /** Only tasks with gold are counted in `confusion`, and the mass of the others is how they started. */
  goldOnly: boolean;
}

/** M step: a model that explains the counts. */
export type Fit = (counts: Counts) => WorkerModel;

export interface EmRun {
  readonly table: VoteTable;
  /** Known class of each task, or NO_GOLD. */
  readonly goldLabel: Int32Array;
  /** Where the EM starts, [task × class]; overwritten. */
  readonly posterior: Float64Array;
  readonly fit: Fit;
  readonly maxIterations: number;
  /** The first model is fitted to the gold answers alone where there are some; true when not given. */
  readonly startByGold?: boolean;
}

export interface EmResult {
  readonly model: WorkerModel;
  readonly iterations: number;
}

/** The EM ends when no probability changes by more than this. */
const CONVERGED = 1e-4;

/**
 * Expectation–maximization over the votes (Dempster, Laird & Rubin 1977). E and M are one pass: while
 * the votes of a task are at hand, its posterior is renewed and counted for the next model.
 */
export function runEm({ table, goldLabel, posterior, fit, maxIterations, startByGold = true }: EmRun): EmResult {
  const counts = emptyCounts(table);
  count(table, goldLabel, posterior, counts, startByGold && hasGold(goldLabel));
  let model = fit(counts);
  let iterations = 0;
  for (let change = 1; iterations < maxIterations && change > CONVERGED; iterations += 1) {
    change = sweep(table, model, goldLabel, posterior, counts);
    model = fit(counts);
  }
  return { model, iterations };
}

export const hasGold = (goldLabel: Int32Array): boolean => goldLabel.some((label) => label !== NO_GOLD);

export function emptyCounts(table: VoteTable): Counts {
  const classes = table.labels.length;
  return {
    confusion: new Float64Array(table.workers.length * classes * classes),
    openMass: new Float64Array(classes),
    goldMass: new Float64Array(classes),
    goldOnly: false,
  };
}

/** Counts a posterior, or only the tasks whose answer is known. */
export function count(
  table: VoteTable,
  goldLabel: Int32Array,
  posterior: Float64Array,
  counts: Counts,
  goldOnly: boolean,
): void {
  const classes = table.labels.length;
  clear(counts);
  counts.goldOnly = goldOnly;
  for (let t = 0; t < goldLabel.length; t += 1) {
    const known = goldLabel[t] !== NO_GOLD;
    const mass = known ? counts.goldMass : counts.openMass;
    for (let k = 0; k < classes; k += 1) mass[k]! += posterior[t * classes + k]!;
    if (known || !goldOnly) countVotes(table, posterior, t, counts.confusion);
  }
}

/** E step and counting; returns the largest change of any probability. */
export function sweep(
  table: VoteTable,
  model: WorkerModel,
  goldLabel: Int32Array,
  posterior: Float64Array,
  counts: Counts,
): number {
  const { taskStart, voteWorker, voteLabel } = table;
  const { logConfusion, logPrior } = model;
  const { confusion, openMass, goldMass } = counts;
  const classes = table.labels.length;
  clear(counts);
  if (classes === 2) return sweepTwo(table, model, goldLabel, posterior, counts);
  const row = new Float64Array(classes);
  let change = 0;
  for (let t = 0; t < goldLabel.length; t += 1) {
    const at = t * classes;
    if (goldLabel[t] !== NO_GOLD) {
      for (let k = 0; k < classes; k += 1) goldMass[k]! += posterior[at + k]!;
      countVotes(table, posterior, t, confusion);
      continue;
    }
    const to = taskStart[t + 1]!;
    for (let k = 0; k < classes; k += 1) row[k] = logPrior[k]!;
    for (let v = taskStart[t]!; v < to; v += 1) {
      const cell = (voteWorker[v]! * classes + voteLabel[v]!) * classes;
      for (let k = 0; k < classes; k += 1) row[k]! += logConfusion[cell + k]!;
    }
    normalizeLogs(row, 0, classes);
    for (let k = 0; k < classes; k += 1) {
      const difference = Math.abs(row[k]! - posterior[at + k]!);
      if (difference > change) change = difference;
      posterior[at + k] = row[k]!;
      openMass[k]! += row[k]!;
    }
    for (let v = taskStart[t]!; v < to; v += 1) {
      const cell = (voteWorker[v]! * classes + voteLabel[v]!) * classes;
      for (let k = 0; k < classes; k += 1) confusion[cell + k]! += row[k]!;
    }
  }
  return change;
}

/** `sweep` for two classes, with the row in two variables: the same operations in the same order. */
function sweepTwo(
  { taskStart, voteWorker, voteLabel }: VoteTable,
  { logConfusion, logPrior }: WorkerModel,
  goldLabel: Int32Array,
  posterior: Float64Array,
  { confusion, openMass, goldMass }: Counts,
): number {
  let change = 0;
  for (let t = 0; t < goldLabel.length; t += 1) {
    const from = taskStart[t]!;
    const to = taskStart[t + 1]!;
    const known = goldLabel[t] !== NO_GOLD;
    let first = posterior[2 * t]!;
    let second = posterior[2 * t + 1]!;
    if (!known) {
      let one = logPrior[0]!;
      let two = logPrior[1]!;
      for (let v = from; v < to; v += 1) {
        const cell = 4 * voteWorker[v]! + 2 * voteLabel[v]!;
        one += logConfusion[cell]!;
        two += logConfusion[cell + 1]!;
      }
      const highest = two > one ? two : one;
      one = one === highest ? 1 : exp(one - highest);
      two = two === highest ? 1 : exp(two - highest);
      const total = one + two;
      one /= total;
      two /= total;
      const moved = Math.max(Math.abs(one - first), Math.abs(two - second));
      if (moved > change) change = moved;
      posterior[2 * t] = first = one;
      posterior[2 * t + 1] = second = two;
    }
    const mass = known ? goldMass : openMass;
    mass[0]! += first;
    mass[1]! += second;
    for (let v = from; v < to; v += 1) {
      const cell = 4 * voteWorker[v]! + 2 * voteLabel[v]!;
      confusion[cell]! += first;
      confusion[cell + 1]! += second;
    }
  }
  return change;
}

/** ln P(votes, gold answers | model). */
export function logLikelihood(table: VoteTable, model: WorkerModel, goldLabel: Int32Array): number {
  const classes = table.labels.length;
  const row = new Float64Array(classes);
  let total = 0;
  for (let t = 0; t < goldLabel.length; t += 1) {
    row.set(model.logPrior);
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) addVote(table, model, v, row, 0);
    let highest = row[0]!;
    for (let k = 1; k < classes; k += 1) if (row[k]! > highest) highest = row[k]!;
    let sum = 0;
    for (let k = 0; k < classes; k += 1) sum += exp(row[k]! - highest);
    total += goldLabel[t] === NO_GOLD ? highest + ln(sum) : row[goldLabel[t]!]!;
  }
  return total;
}

/** Adds what one vote says about each class. */
export function addVote(table: VoteTable, model: WorkerModel, vote: number, logs: Float64Array, offset: number): void {
  const classes = table.labels.length;
  const cell = (table.voteWorker[vote]! * classes + table.voteLabel[vote]!) * classes;
  for (let k = 0; k < classes; k += 1) logs[offset + k]! += model.logConfusion[cell + k]!;
}

function countVotes(table: VoteTable, posterior: Float64Array, task: number, confusion: Float64Array): void {
  const classes = table.labels.length;
  const to = table.taskStart[task + 1]!;
  for (let v = table.taskStart[task]!; v < to; v += 1) {
    const cell = (table.voteWorker[v]! * classes + table.voteLabel[v]!) * classes;
    for (let k = 0; k < classes; k += 1) confusion[cell + k]! += posterior[task * classes + k]!;
  }
}

function clear(counts: Counts): void {
  counts.confusion.fill(0);
  counts.openMass.fill(0);
  counts.goldMass.fill(0);
  counts.goldOnly = false;
}
