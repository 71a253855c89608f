import { ln } from './deterministic-math.ts';
import type { Counts, WorkerModel } from './em.ts';
import { runEm } from './em.ts';
import { goldByTask, startPosterior } from './gold.ts';
import type { VoteTable } from './vote-table.ts';

/** Added to every count, so that a class that a worker never saw stays possible. */
const SMOOTHING = 0.01;

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
  runEm({ table, goldLabel, posterior, fit, maxIterations: options.maxIterations ?? 60 });
  return posterior;
}

function fit({ confusion, openMass, goldMass, goldOnly }: Counts): WorkerModel {
  const classes = openMass.length;
  const square = classes * classes;
  const mass = openMass.map((open, k) => SMOOTHING + goldMass[k]! + (goldOnly ? 0 : open));
  const total = mass.reduce((sum, value) => sum + value, 0);
  const logConfusion = new Float64Array(confusion.length);
  const rowTotal = new Float64Array(classes);
  for (let w = 0; w < confusion.length; w += square) {
    rowTotal.fill(classes * SMOOTHING);
    for (let i = 0; i < square; i += 1) rowTotal[i % classes]! += confusion[w + i]!;
    for (let i = 0; i < square; i += 1) {
      logConfusion[w + i] = ln((confusion[w + i]! + SMOOTHING) / rowTotal[i % classes]!);
    }
  }
  return { logConfusion, logPrior: mass.map((value) => ln(value / total)) };
}
