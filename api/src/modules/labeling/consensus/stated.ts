import type { AggregateOptions } from './aggregate.ts';
import { aggregate } from './aggregate.ts';
import type { Calibration, JudgedRow } from './calibration.ts';
import { calibrated, fitCalibration } from './calibration.ts';
import type { VoteTable } from './vote-table.ts';

/** Shares of the votes are what they are, whatever is known. */
const AS_IT_IS: Calibration = { temperature: 1, doubt: 0, ceiling: 1 };
/** With less gold there is nothing to hold back. */
const GOLD_TO_JUDGE = 10;

/**
 * How a method's posteriors on this table may be stated, by gold that the method did not see: each half of the gold judges
 * a run that knew the other half only. Tasks are taken in turn by the order of their ids, so every machine halves alike.
 */
export function calibrationOf(table: VoteTable, options: AggregateOptions = {}): Calibration {
  if (options.method === 'mv') return AS_IT_IS;
  const gold = table.tasks.flatMap((task) => {
    const label = options.gold?.get(task);
    return label === undefined ? [] : [[task, label] as const];
  });
  if (gold.length < GOLD_TO_JUDGE) return fitCalibration([]);
  const halves = [gold.filter((_, i) => i % 2 === 0), gold.filter((_, i) => i % 2 === 1)] as const;
  const position = new Map(table.tasks.map((task, t) => [task, t]));
  const classes = table.labels.length;
  const judge = (known: typeof gold, held: typeof gold): JudgedRow[] => {
    const { posterior } = aggregate(table, { ...options, gold: new Map(known) });
    return held.map(([task, label]) => {
      const at = position.get(task)! * classes;
      return { posterior: posterior.subarray(at, at + classes), truth: table.labels.indexOf(label) };
    });
  };
  return fitCalibration([...judge(halves[0], halves[1]), ...judge(halves[1], halves[0])]);
}

/** The posterior as it may be stated, [task × class]; known tasks stay known. */
export function statedPosterior(
  table: VoteTable,
  posterior: Float64Array,
  calibration: Calibration,
  gold: ReadonlyMap<string, string> = new Map(),
): Float64Array {
  const classes = table.labels.length;
  const stated = Float64Array.from(posterior);
  table.tasks.forEach((task, t) => {
    if (gold.has(task)) return;
    stated.set(calibrated(posterior.subarray(t * classes, (t + 1) * classes), calibration), t * classes);
  });
  return stated;
}
