import { copyRing, heardWeights } from './copy-ring.ts';
import { normalizeLogs } from './deterministic-math.ts';
import type { WorkerModel } from './em.ts';
import { addVote, hasGold, runEm } from './em.ts';
import { goldByTask, startPosterior } from './gold.ts';
import type { VoteTable } from './vote-table.ts';
import { canLearnPrior, fitTwoLevel } from './worker-model.ts';

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

export function twoLevelDawidSkene(table: VoteTable, options: TwoLevelOptions = {}): Consensus {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const posterior = startPosterior(table, goldLabel);
  const copies = hasGold(goldLabel) ? copyRing(table, goldLabel) : null;
  const fit = {
    strength: options.matrixStrength ?? MATRIX_STRENGTH,
    learnPrior: options.classPrior !== 'uniform' && canLearnPrior(table, goldLabel),
    weights: copies ? heardWeights(copies) : undefined,
  };
  const { model, iterations } = runEm({
    table,
    goldLabel,
    posterior,
    fit: (counts) => fitTwoLevel(counts, fit),
    maxIterations: options.maxIterations ?? 60,
  });
  return { ...model, posterior, iterations, copies };
}

/**
 * Posterior of the task of vote v from the other votes only, so that nobody is judged by his own answer.
 * A gold task keeps its known answer.
 */
export function leaveOneOut(table: VoteTable, consensus: Consensus, task: number, vote: number): Float64Array {
  const classes = table.labels.length;
  const without = Float64Array.from(consensus.logPrior);
  for (let v = table.taskStart[task]!; v < table.taskStart[task + 1]!; v += 1) {
    if (v !== vote) addVote(table, consensus, v, without, 0);
  }
  normalizeLogs(without, 0, classes);
  return without;
}
