import { copyRing, heardWeights } from './copy-ring.ts';
import { normalizeLogs } from './deterministic-math.ts';
import type { VoteTable } from './vote-table.ts';
import type { WorkerModel } from './worker-model.ts';
import { addVote, fitWorkers, goldByTask, NO_GOLD, startPosterior, updatePosterior } from './worker-model.ts';

/**
 * Two-level Dawid–Skene: confusion matrices by EM (Dawid & Skene 1979), where the prior of a worker's matrix is built
 * from the worker's own accuracy, itself shrunk to the pool. Tasks with a known answer (gold) keep it, start the EM and
 * show a ring of copyists, who are not heard.
 */
export interface TwoLevelOptions {
  readonly gold?: ReadonlyMap<string, string>;
  readonly maxIterations?: number;
  /** `uniform` never learns how frequent a class is; `learned` is the default. */
  readonly classPrior?: 'learned' | 'uniform';
  /** Votes that the prior of a row of a worker's matrix weighs; 8 when not given. */
  readonly matrixStrength?: number;
}

export interface Consensus extends WorkerModel {
  /** P(truth is k), [task × class]. */
  readonly posterior: Float64Array;
  readonly iterations: number;
  /** P(worker copies a key that others copy too) by the gold, [worker]; null where there is no gold to tell. */
  readonly copies: Float64Array | null;
}

const MATRIX_STRENGTH = 8;
const CONVERGED = 1e-7;

export function twoLevelDawidSkene(table: VoteTable, options: TwoLevelOptions = {}): Consensus {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const posterior = startPosterior(table, goldLabel);
  const goldStarts = goldLabel.some((label) => label !== NO_GOLD);
  const uniform = options.classPrior === 'uniform';
  const strength = options.matrixStrength ?? MATRIX_STRENGTH;
  const copies = goldStarts ? copyRing(table, goldLabel) : null;
  const weights = copies ? heardWeights(copies) : undefined;
  let model = fitWorkers(table, posterior, goldLabel, { goldOnly: goldStarts, uniform, strength, weights });
  let iterations = 0;
  for (let change = 1; iterations < (options.maxIterations ?? 60) && change > CONVERGED; iterations += 1) {
    change = updatePosterior(table, model, goldLabel, posterior);
    model = fitWorkers(table, posterior, goldLabel, { goldOnly: false, uniform, strength, weights });
  }
  return { ...model, posterior, iterations, copies };
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
