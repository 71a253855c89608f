import { normalizeLogs } from './deterministic-math.ts';
import type { EmResult, EmRun, WorkerModel } from './em.ts';
import { addVote, hasGold, logLikelihood, runEm } from './em.ts';
import { goldByTask, startPosterior } from './gold.ts';
import type { Hearing } from './heard-workers.ts';
import { hearWorkers } from './heard-workers.ts';
import type { VoteTable } from './vote-table.ts';
import { canLearnPrior, fitTwoLevel } from './worker-model.ts';

/**
 * Two-level Dawid–Skene: confusion matrices by EM (Dawid & Skene 1979), where the prior of a worker's matrix is built
 * from the worker's own accuracy, itself shrunk to the pool. Tasks with a known answer (gold) keep it and start the EM.
 * Copyists of a shared key and workers who always say the same are not heard: their votes say nothing.
 */
export interface TwoLevelOptions {
  readonly gold?: ReadonlyMap<string, string>;
  readonly maxIterations?: number;
  /** How much learned class frequencies count: 0 leaves them uniform, 1 takes them as they are. */
  readonly priorWeight?: number;
  /** Votes that the prior of a row of a worker's matrix weighs; 8 when not given. */
  readonly matrixStrength?: number;
  /** Who is heard, when that is known already. */
  readonly hearing?: Hearing;
}

export interface Consensus extends WorkerModel {
  /** P(truth is k), [task × class]. */
  readonly posterior: Float64Array;
  readonly iterations: number;
  /** 1 for a worker who copies a key that others copy too, [worker]. */
  readonly copies: Uint8Array;
}

const MATRIX_STRENGTH = 8;
const PRIOR_WEIGHT = 1;
/** After so many iterations the better of two starts is known. */
const TRIED_ITERATIONS = 10;

export function twoLevelDawidSkene(table: VoteTable, options: TwoLevelOptions = {}): Consensus {
  const goldLabel = goldByTask(table, options.gold ?? new Map<string, string>());
  const { heard, copies, unheard } = options.hearing ?? hearWorkers(table, goldLabel);
  const fit = {
    strength: options.matrixStrength ?? MATRIX_STRENGTH,
    priorWeight: canLearnPrior(heard, goldLabel) ? (options.priorWeight ?? PRIOR_WEIGHT) : 0,
  };
  const { model, posterior, iterations } = bestEm({
    table: heard,
    goldLabel,
    fit: (counts) => fitTwoLevel(counts, fit),
    maxIterations: options.maxIterations ?? 60,
  });
  const square = table.labels.length ** 2;
  unheard.forEach((silent, w) => {
    if (silent === 1) model.logConfusion.fill(0, w * square, (w + 1) * square);
  });
  return { ...model, posterior, iterations, copies };
}

/**
 * Where there is gold the EM runs from two starts, and the one under which votes and gold are more probable goes on. From
 * the gold answers alone, a majority that is wrong together gets no head start; from the votes, a class that the gold
 * does not show is not lost.
 */
function bestEm(run: Omit<EmRun, 'posterior' | 'startByGold'>): EmResult & { readonly posterior: Float64Array } {
  const { table, goldLabel, maxIterations } = run;
  const from = (startByGold: boolean, iterations: number) => {
    const posterior = startPosterior(table, goldLabel);
    return { ...runEm({ ...run, posterior, startByGold, maxIterations: iterations }), posterior };
  };
  if (!hasGold(goldLabel)) return from(false, maxIterations);
  const tried = Math.min(TRIED_ITERATIONS, maxIterations);
  const [byGold, byVotes] = [from(true, tried), from(false, tried)];
  const likelihood = ({ model }: EmResult) => logLikelihood(table, model, goldLabel);
  const best = likelihood(byVotes) > likelihood(byGold) ? byVotes : byGold;
  if (best.iterations < tried || tried === maxIterations) return best;
  const rest = runEm({ ...run, posterior: best.posterior, startByGold: false, maxIterations: maxIterations - tried });
  return { ...rest, posterior: best.posterior, iterations: tried + rest.iterations };
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
