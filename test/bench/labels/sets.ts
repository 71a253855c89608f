import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readColumns } from '../../../api/src/cli/csv.ts';
import { leadersOf } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import type { Vote, VoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { buildVoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';

export interface LabelSet {
  readonly name: string;
  readonly votes: readonly Vote[];
  readonly labels: readonly string[];
  readonly table: VoteTable;
  readonly truth: ReadonlyMap<string, string>;
}

/** The set below `folder`, or null when it is not there. */
export function readSet(folder: string, name: string): LabelSet | null {
  const answers = join(folder, name, 'answers.csv');
  const expected = join(folder, name, 'truth.csv');
  if (!existsSync(answers) || !existsSync(expected)) return null;
  const votes = readColumns(readFileSync(answers), ['task', 'worker', 'label']).map(({ fields }) => {
    const [task, worker, label] = fields as [string, string, string];
    return { task, worker, label };
  });
  const truth = new Map(
    readColumns(readFileSync(expected), ['task', 'label']).map(({ fields }) => fields as [string, string]),
  );
  const labels = [...new Set(votes.map((vote) => vote.label))].sort();
  return { name, votes, labels, table: buildVoteTable(votes, labels), truth };
}

/** Share of the truth that was found; of k equally probable classes the right one counts 1/k. */
export function accuracyOf(table: VoteTable, posterior: Float64Array, truth: ReadonlyMap<string, string>): number {
  const classes = table.labels.length;
  let right = 0;
  table.tasks.forEach((task, t) => {
    const expected = truth.get(task);
    if (expected === undefined) return;
    const leaders = leadersOf(posterior, t * classes, classes);
    if (leaders.some((k) => table.labels[k] === expected)) right += 1 / leaders.length;
  });
  return right / truth.size;
}

/** F1 of one class over the tasks of the truth. */
export function f1Of(table: VoteTable, chosen: Uint16Array, truth: ReadonlyMap<string, string>, label: string): number {
  const guess = new Map(table.tasks.map((task, t) => [task, table.labels[chosen[t]!]!]));
  let both = 0;
  let either = 0;
  for (const [task, expected] of truth) {
    const said = guess.get(task);
    if (expected === label && said === label) both += 1;
    if (expected === label) either += 1;
    if (said === label) either += 1;
  }
  return either === 0 ? 0 : (2 * both) / either;
}

/** Mean F1 over the classes of the truth. */
export function macroF1Of(table: VoteTable, chosen: Uint16Array, truth: ReadonlyMap<string, string>): number {
  return meanOf([...new Set(truth.values())].map((label) => f1Of(table, chosen, truth, label)));
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard error of the mean. */
export function errorOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

/** A copy of `values` in an order drawn from `random`. */
export function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
