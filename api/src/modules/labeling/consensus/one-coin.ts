import { ln } from './deterministic-math.ts';
import type { Counts, WorkerModel } from './em.ts';
import { runEm } from './em.ts';
import { goldByTask, startPosterior } from './gold.ts';
import type { VoteTable } from './vote-table.ts';

/** Votes of an average worker that are mixed into each worker's own, so that no accuracy is ever 0 or 1. */
const POOL_VOTES = 2;

export interface OneCoinOptions {
  readonly gold?: ReadonlyMap<string, string>;
  readonly maxIterations?: number;
}

export interface OneCoin {
  /** P(truth is k), [task × class]. */
  readonly posterior: Float64Array;
  readonly iterations: number;
}

/**
 * Dawid–Skene with one number per worker (ZenCrowd, Demartini 2012; "one-coin"): right with probability q, else any
 * other class alike. Class frequencies are not learned. Gold starts the accuracies when there is some.
 */
export function oneCoin(table: VoteTable, options: OneCoinOptions = {}): OneCoin {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const posterior = startPosterior(table, goldLabel);
  const { iterations } = runEm({ table, goldLabel, posterior, fit, maxIterations: options.maxIterations ?? 60 });
  return { posterior, iterations };
}

function fit({ confusion, openMass }: Counts): WorkerModel {
  const classes = openMass.length;
  const square = classes * classes;
  const logPrior = new Float64Array(classes).fill(ln(1 / classes));
  const logConfusion = new Float64Array(confusion.length);
  if (classes < 2) return { logConfusion, logPrior };
  const right = new Float64Array(confusion.length / square);
  const given = new Float64Array(right.length);
  let allRight = 0;
  let allGiven = 0;
  for (let w = 0; w < right.length; w += 1) {
    for (let i = 0; i < square; i += 1) given[w]! += confusion[w * square + i]!;
    for (let k = 0; k < classes; k += 1) right[w]! += confusion[w * square + k * (classes + 1)]!;
    allRight += right[w]!;
    allGiven += given[w]!;
  }
  const pool = (allRight + 1) / (allGiven + 2);
  for (let w = 0; w < right.length; w += 1) {
    const accuracy = (right[w]! + POOL_VOTES * pool) / (given[w]! + POOL_VOTES);
    logConfusion.fill(ln((1 - accuracy) / (classes - 1)), w * square, (w + 1) * square);
    for (let k = 0; k < classes; k += 1) logConfusion[w * square + k * (classes + 1)] = ln(accuracy);
  }
  return { logConfusion, logPrior };
}
