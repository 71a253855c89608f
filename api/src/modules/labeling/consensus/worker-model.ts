import { ln } from './deterministic-math.ts';
import type { Counts, WorkerModel } from './em.ts';
import type { VoteTable } from './vote-table.ts';

export interface TwoLevelFit {
  /** Votes that the prior of a row of a worker's matrix weighs. */
  readonly strength: number;
  /** How much the learned class frequencies count, as a power: 0 leaves them uniform, 1 takes them as they are. */
  readonly priorWeight: number;
  /** How much each worker is heard, 0 to 1; everybody fully when not given. */
  readonly weights?: Float64Array | undefined;
}

const ACCURACY_STRENGTH = 5;
const ERROR_SHAPE_MASS = 20;
/** Under this many votes per task class frequencies cannot be told from worker bias; they stay uniform. */
const VOTES_TO_LEARN_PRIOR = 1.5;

/** True where the tasks without gold have enough votes to learn how frequent a class is. */
export function canLearnPrior(table: VoteTable, goldLabel: Int32Array): boolean {
  let tasks = 0;
  let votes = 0;
  goldLabel.forEach((label, t) => {
    if (label >= 0) return;
    tasks += 1;
    votes += table.taskStart[t + 1]! - table.taskStart[t]!;
  });
  return votes >= VOTES_TO_LEARN_PRIOR * tasks;
}

/**
 * M step of the two-level model: the prior of a worker's matrix is built from the worker's accuracy, itself shrunk to
 * the pool, and from how the pool errs. A worker who is heard at weight w counts w times, and says w times as much.
 */
export function fitTwoLevel({ confusion, openMass, goldOnly }: Counts, options: TwoLevelFit): WorkerModel {
  const classes = openMass.length;
  const square = classes * classes;
  const { weights } = options;
  if (weights) for (let i = 0; i < confusion.length; i += 1) confusion[i]! *= weights[Math.floor(i / square)]!;
  const logConfusion = logConfusionOf(confusion, classes, options.strength);
  if (weights) for (let i = 0; i < confusion.length; i += 1) logConfusion[i]! *= weights[Math.floor(i / square)]!;
  return { logConfusion, logPrior: logPriorOf(openMass, goldOnly ? 0 : options.priorWeight) };
}

function logPriorOf(openMass: Float64Array, weight: number): Float64Array {
  const classes = openMass.length;
  const total = openMass.reduce((sum, mass) => sum + mass, classes);
  const even = ln(1 / classes);
  return openMass.map((mass) => even + weight * (ln((mass + 1) / total) - even));
}

function logConfusionOf(counts: Float64Array, classes: number, strength: number): Float64Array {
  const square = classes * classes;
  const pooled = new Float64Array(square);
  for (let w = 0; w < counts.length; w += square) for (let i = 0; i < square; i += 1) pooled[i]! += counts[w + i]!;
  const poolTotal = pooled.reduce((sum, mass) => sum + mass, 0);
  const poolAccuracy = (diagonalOf(pooled, 0, classes) + 1) / (poolTotal + 2);
  const errorShape = errorShapeOf(pooled, classes);
  const rowTotal = new Float64Array(classes);
  const result = new Float64Array(counts.length);
  for (let w = 0; w < counts.length; w += square) {
    rowTotal.fill(0);
    let total = 0;
    for (let l = 0; l < classes; l += 1) {
      for (let k = 0; k < classes; k += 1) rowTotal[k]! += counts[w + l * classes + k]!;
    }
    for (let k = 0; k < classes; k += 1) total += rowTotal[k]!;
    const right = diagonalOf(counts, w, classes);
    const accuracy = (right + ACCURACY_STRENGTH * poolAccuracy) / (total + ACCURACY_STRENGTH);
    for (let l = 0; l < classes; l += 1) {
      for (let k = 0; k < classes; k += 1) {
        const i = l * classes + k;
        const prior = k === l ? accuracy : (1 - accuracy) * errorShape[i]!;
        result[w + i] = ln((counts[w + i]! + strength * prior) / (rowTotal[k]! + strength));
      }
    }
  }
  return result;
}

function diagonalOf(counts: Float64Array, offset: number, classes: number): number {
  let right = 0;
  for (let k = 0; k < classes; k += 1) right += counts[offset + k * classes + k]!;
  return right;
}

/** How the pool errs: P(says l | truth is k, wrong), [l × k]. */
function errorShapeOf(pooled: Float64Array, classes: number): Float64Array {
  const shape = new Float64Array(classes * classes);
  const spread = ERROR_SHAPE_MASS / classes;
  for (let k = 0; k < classes; k += 1) {
    let total = 0;
    for (let l = 0; l < classes; l += 1) if (l !== k) total += pooled[l * classes + k]! + spread;
    for (let l = 0; l < classes; l += 1)
      if (l !== k) shape[l * classes + k] = (pooled[l * classes + k]! + spread) / total;
  }
  return shape;
}
