import { exp, ln } from './deterministic-math.ts';
import type { Consensus, TwoLevelOptions } from './dawid-skene.ts';
import { twoLevelDawidSkene } from './dawid-skene.ts';
import type { Vote, VoteTable } from './vote-table.ts';
import { buildVoteTable } from './vote-table.ts';

/** As in the batch model: votes that the prior of a worker's row and of a worker's accuracy weigh. */
const MATRIX_STRENGTH = 8;
const ACCURACY_STRENGTH = 5;
/** Accuracy of the pool before anything is known: right twice in three. */
const POOL_RIGHT = 2;
const POOL_GIVEN = 3;

/**
 * The two-level model kept up while labels come in, each in O(K): what the vote says about its task is added to the task's
 * log posterior, and the worker is credited with what the task now looks like. Errors are taken as evenly spread, and what
 * was credited early is not taken back, so this is an estimate to assign by; money follows `batch`, which gives the bytes
 * of the batch model over the same votes. Works on numbers: tasks, workers and labels are indices.
 */
export class OnlineConsensus {
  readonly classes: number;
  /** ln P(truth is k) up to a constant of the task, [task × class]. */
  readonly #logs: Float64Array;
  /** Expected number of tasks of class k on which the worker said l, [worker × l × k]. */
  readonly #counts: Float64Array;
  /** Expected number of the worker's tasks of class k, [worker × class]. */
  readonly #rows: Float64Array;
  readonly #right: Float64Array;
  readonly #given: Float64Array;
  #poolRight = POOL_RIGHT;
  #poolGiven = POOL_GIVEN;
  readonly #row: Float64Array;

  constructor(tasks: number, workers: number, classes: number) {
    this.classes = classes;
    this.#logs = new Float64Array(tasks * classes);
    this.#counts = new Float64Array(workers * classes * classes);
    this.#rows = new Float64Array(workers * classes);
    this.#right = new Float64Array(workers);
    this.#given = new Float64Array(workers);
    this.#row = new Float64Array(classes);
  }

  /** One label; a second one of the same worker on the same task is the caller's to refuse. */
  add(task: number, worker: number, label: number): void {
    const { classes } = this;
    const at = task * classes;
    const cell = (worker * classes + label) * classes;
    const pool = this.#poolRight / this.#poolGiven;
    const accuracy = (this.#right[worker]! + ACCURACY_STRENGTH * pool) / (this.#given[worker]! + ACCURACY_STRENGTH);
    const other = classes > 1 ? (1 - accuracy) / (classes - 1) : 0;
    let highest = -Infinity;
    for (let k = 0; k < classes; k += 1) {
      const prior = MATRIX_STRENGTH * (k === label ? accuracy : other);
      const total = this.#rows[worker * classes + k]! + MATRIX_STRENGTH;
      const log = this.#logs[at + k]! + ln((this.#counts[cell + k]! + prior) / total);
      this.#logs[at + k] = log;
      if (log > highest) highest = log;
    }
    let sum = 0;
    for (let k = 0; k < classes; k += 1) sum += this.#row[k] = exp(this.#logs[at + k]! - highest);
    for (let k = 0; k < classes; k += 1) {
      const share = this.#row[k]! / sum;
      this.#counts[cell + k]! += share;
      this.#rows[worker * classes + k]! += share;
      if (k !== label) continue;
      this.#right[worker]! += share;
      this.#poolRight += share;
    }
    this.#given[worker]! += 1;
    this.#poolGiven += 1;
  }

  /** The answer is known: it counts as seen many times over. */
  addGold(task: number, label: number): void {
    this.#logs[task * this.classes + label]! += KNOWN;
  }

  /** P(truth is k) as it looks now, [task × class]. */
  posterior(): Float64Array {
    const { classes } = this;
    const result = Float64Array.from(this.#logs);
    for (let at = 0; at < result.length; at += classes) {
      let highest = result[at]!;
      for (let k = 1; k < classes; k += 1) if (result[at + k]! > highest) highest = result[at + k]!;
      let sum = 0;
      for (let k = 0; k < classes; k += 1) sum += result[at + k] = exp(result[at + k]! - highest);
      for (let k = 0; k < classes; k += 1) result[at + k]! /= sum;
    }
    return result;
  }
}

/** ln odds of a known answer. */
const KNOWN = 50;

/** Votes by name as they come: the online estimate at any time, and the batch model over all of them. */
export class VoteStream {
  readonly #votes: Vote[] = [];
  readonly #tasks = new Map<string, number>();
  readonly #workers = new Map<string, number>();
  readonly #labels: readonly string[];
  readonly #gold: ReadonlyMap<string, string>;
  readonly #online: OnlineConsensus;

  /** At most so many tasks and workers. */
  constructor(
    labels: readonly string[],
    { tasks, workers, gold = new Map() }: { tasks: number; workers: number; gold?: ReadonlyMap<string, string> },
  ) {
    this.#labels = labels;
    this.#gold = gold;
    this.#online = new OnlineConsensus(tasks, workers, labels.length);
  }

  add(vote: Vote): void {
    const label = this.#labels.indexOf(vote.label);
    if (label < 0) throw new Error(`label ${vote.label} is not in the label schema`);
    const isNew = !this.#tasks.has(vote.task);
    const task = indexOf(this.#tasks, vote.task);
    const known = this.#gold.get(vote.task);
    if (isNew && known !== undefined) this.#online.addGold(task, this.#labels.indexOf(known));
    this.#online.add(task, indexOf(this.#workers, vote.worker), label);
    this.#votes.push(vote);
  }

  /** P(truth is k) of one task, as it looks now; null before its first vote. */
  posteriorOf(task: string): Float64Array | null {
    const index = this.#tasks.get(task);
    if (index === undefined) return null;
    const classes = this.#labels.length;
    return this.#online.posterior().slice(index * classes, (index + 1) * classes);
  }

  table(): VoteTable {
    return buildVoteTable(this.#votes, this.#labels);
  }

  batch(options: Omit<TwoLevelOptions, 'gold'> = {}): Consensus {
    return twoLevelDawidSkene(this.table(), { ...options, gold: this.#gold });
  }
}

function indexOf(indices: Map<string, number>, name: string): number {
  const known = indices.get(name);
  if (known !== undefined) return known;
  indices.set(name, indices.size);
  return indices.size - 1;
}
