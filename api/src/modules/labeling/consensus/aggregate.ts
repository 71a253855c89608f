import { averagePosterior } from './average.ts';
import { twoLevelDawidSkene } from './dawid-skene.ts';
import { oneCoin } from './one-coin.ts';
import { plainDawidSkene } from './plain-dawid-skene.ts';
import type { VoteTable } from './vote-table.ts';
import { wawa } from './wawa.ts';
import { goldByTask, startPosterior } from './gold.ts';
import { hearWorkers } from './heard-workers.ts';

export const METHODS = ['auto', 'mv', 'wawa', 'one-coin', 'ds', 'two-level', 'average'] as const;
export type Method = (typeof METHODS)[number];

export interface AggregateOptions {
  readonly method?: Method;
  readonly gold?: ReadonlyMap<string, string>;
  /** Decides exact ties, and nothing else. */
  readonly seed?: number;
}

export interface Aggregate {
  readonly method: Exclude<Method, 'auto'>;
  /** P(truth is k), [task × class]. */
  readonly posterior: Float64Array;
  /** Index of the chosen class of each task. */
  readonly chosen: Uint16Array;
}

/** With fewer votes per task nobody can be compared with anybody, so no worker model can be fitted. */
const VOTES_TO_COMPARE = 1.5;
/** Probabilities nearer than this are the same up to the order of a sum. */
const TIE = 1e-9;

export function aggregate(table: VoteTable, options: AggregateOptions = {}): Aggregate {
  const gold = options.gold ?? new Map<string, string>();
  const asked = options.method ?? 'auto';
  const method = asked === 'auto' ? chooseMethod(table, gold) : asked;
  const posterior = posteriorOf(table, method, gold);
  return { method, posterior, chosen: chooseLabels(table, posterior, options.seed ?? 0) };
}

/**
 * What `auto` does, from what is known before any truth: gold shows workers and rings, so the gold-started two-level
 * model is used; without gold the mean of five models is safer than any of them; with about one vote per task there is
 * nothing to fit without gold, and the votes are taken as they are.
 */
export function chooseMethod(table: VoteTable, gold: ReadonlyMap<string, string>): Exclude<Method, 'auto'> {
  if (table.tasks.some((task) => gold.has(task))) return 'two-level';
  return table.voteLabel.length < VOTES_TO_COMPARE * table.tasks.length ? 'mv' : 'average';
}

function posteriorOf(
  table: VoteTable,
  method: Exclude<Method, 'auto'>,
  gold: ReadonlyMap<string, string>,
): Float64Array {
  switch (method) {
    case 'mv':
      return startPosterior(table, goldByTask(table, gold));
    case 'wawa':
      return wawa(table, gold);
    case 'one-coin':
      return oneCoin(table, { gold }).posterior;
    case 'ds':
      return plainDawidSkene(table, { gold });
    case 'two-level':
      return twoLevelDawidSkene(table, { gold }).posterior;
    case 'average':
      return averageModel(table, gold);
  }
}

/**
 * Free and tied confusion matrices, class frequencies learned and not, and no confusion at all: each is best somewhere
 * and far off elsewhere. The strengths lie around the 8 of the two-level model alone.
 */
function averageModel(table: VoteTable, gold: ReadonlyMap<string, string>): Float64Array {
  const hearing = hearWorkers(table, goldByTask(table, gold));
  return averagePosterior([
    plainDawidSkene(hearing.heard, { gold }),
    twoLevelDawidSkene(table, { gold, hearing, matrixStrength: 4 }).posterior,
    twoLevelDawidSkene(table, { gold, hearing, matrixStrength: 16 }).posterior,
    twoLevelDawidSkene(table, { gold, hearing, priorWeight: 0 }).posterior,
    wawa(hearing.heard, gold),
  ]);
}

/** The most probable class of each task; a tie is decided by a hash of the seed and the task, whatever the order. */
export function chooseLabels(table: VoteTable, posterior: Float64Array, seed: number): Uint16Array {
  const classes = table.labels.length;
  return Uint16Array.from(table.tasks, (task, t) => {
    const leaders = leadersOf(posterior, t * classes, classes);
    return leaders.length === 1 ? leaders[0]! : leaders[hash(task, seed) % leaders.length]!;
  });
}

/** All classes of a row that share its largest value. */
export function leadersOf(values: Float64Array, offset: number, classes: number): number[] {
  let best = values[offset]!;
  for (let k = 1; k < classes; k += 1) best = Math.max(best, values[offset + k]!);
  const leaders: number[] = [];
  for (let k = 0; k < classes; k += 1) if (values[offset + k]! >= best - TIE) leaders.push(k);
  return leaders;
}

/** FNV-1a over the code units, then mixed so that the low bits depend on all of them. */
function hash(text: string, seed: number): number {
  let state = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i += 1) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
