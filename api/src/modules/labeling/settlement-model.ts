import type { Consensus } from './consensus/dawid-skene.ts';
import { leaveOneOut, twoLevelDawidSkene } from './consensus/dawid-skene.ts';
import type { Informedness } from './consensus/information-gate.ts';
import { informednessOf, isGated } from './consensus/information-gate.ts';
import { judge } from './consensus/verdict.ts';
import type { Vote, VoteTable } from './consensus/vote-table.ts';
import { buildVoteTable } from './consensus/vote-table.ts';
import type { Copying } from './copying.ts';
import { copyingOf } from './copying.ts';
import type { GivenVerdict, KnownTask, SettlementInput, SubmittedAnnotation } from './settlement-types.ts';

/** What the labels of a job say about its tasks and its labelers. */
export interface SettlementModel {
  readonly table: VoteTable;
  readonly consensus: Consensus;
  /** What gates each worker, by all labels or, where those alone show it, by the last ones. */
  readonly workers: readonly Informedness[];
  /** What shows a copyist, [worker]. */
  readonly copying: readonly (Copying | null)[];
  /** Labels given in the job so far. */
  readonly given: ReadonlyMap<string, number>;
  readonly taskIndex: ReadonlyMap<string, number>;
  readonly byTask: ReadonlyMap<string, readonly SubmittedAnnotation[]>;
}

const QUIZ = 'quiz:';
const quizTask = (index: number): string => `${QUIZ}${String(index).padStart(4, '0')}`;
const isOfJob = (task: string): boolean => !task.startsWith(QUIZ);
/** Leaves no vote out. */
const NOBODY = -1;

/** Quiz and known items start the consensus; labelers are judged on items of the job only. */
export function modelOf(input: SettlementInput, hiddenGold: readonly KnownTask[]): SettlementModel {
  const table = buildVoteTable([...quizVotes(input), ...annotationVotes(input)], input.labels);
  const gold = new Map([
    ...input.gold.map((label, index) => [quizTask(index), label] as const),
    ...hiddenGold.map(({ taskId, label }) => [taskId, label] as const),
  ]);
  const consensus = twoLevelDawidSkene(table, { gold });
  const byTask = new Map<string, SubmittedAnnotation[]>();
  for (const annotation of input.annotations) {
    const others = byTask.get(annotation.taskId);
    if (others) others.push(annotation);
    else byTask.set(annotation.taskId, [annotation]);
  }
  const byLabeler = labelsByLabeler(input.annotations);
  return {
    table,
    consensus,
    workers: standings(table, consensus, byLabeler, input.patience.recentLabels),
    copying: copyingOf(table, consensus.copies, isOfJob),
    given: new Map([...byLabeler].map(([labeler, labels]) => [labeler, labels.length])),
    taskIndex: new Map(table.tasks.map((task, index) => [task, index])),
    byTask,
  };
}

/** In the order in which settlements learned of them. */
function labelsByLabeler(annotations: readonly SubmittedAnnotation[]): Map<string, SubmittedAnnotation[]> {
  const byLabeler = new Map<string, SubmittedAnnotation[]>();
  for (const annotation of annotations) {
    const labels = byLabeler.get(annotation.labeler);
    if (labels) labels.push(annotation);
    else byLabeler.set(annotation.labeler, [annotation]);
  }
  for (const labels of byLabeler.values()) {
    labels.sort((a, b) => a.round - b.round || (a.taskId < b.taskId ? -1 : 1));
  }
  return byLabeler;
}

/** Who was good for long and stops looking is seen by the last labels before all of them together show it. */
function standings(
  table: VoteTable,
  consensus: Consensus,
  byLabeler: ReadonlyMap<string, readonly SubmittedAnnotation[]>,
  recentLabels: number,
): Informedness[] {
  const all = informednessOf(table, consensus, isOfJob);
  if (recentLabels === 0) return all;
  const last = table.workers.map(
    (labeler) =>
      new Set(
        byLabeler
          .get(labeler)
          ?.slice(-recentLabels)
          .map(({ taskId }) => taskId),
      ),
  );
  const recent = informednessOf(table, consensus, (task, worker) => last[worker]!.has(task));
  return all.map((standing, worker) => (!isGated(standing) && isGated(recent[worker]!) ? recent[worker]! : standing));
}

/** True while too little is known about the labeler to judge this label, and more may come. */
export function isHeld(
  model: SettlementModel,
  { labeler, overdue }: SubmittedAnnotation,
  input: SettlementInput,
): boolean {
  const over = input.final || overdue || input.tasks.length === 0;
  return !over && (model.given.get(labeler) ?? 0) < input.patience.holdLabels;
}

const quizVotes = (input: SettlementInput): Vote[] =>
  input.quizzes.flatMap(({ labeler, answers }) =>
    answers.map((label, index) => ({ task: quizTask(index), worker: labeler, label })),
  );

const annotationVotes = (input: SettlementInput): Vote[] =>
  input.annotations.map(({ taskId, labeler, value }) => ({ task: taskId, worker: labeler, label: value }));

/** P(truth) of one task. */
export function posteriorOf({ table, consensus, taskIndex }: SettlementModel, taskId: string): Float64Array {
  const classes = table.labels.length;
  const index = taskIndex.get(taskId)!;
  return consensus.posterior.subarray(index * classes, (index + 1) * classes);
}

/** P(truth) of one task by its labels alone, also when its answer is known. */
export function posteriorByLabels(model: SettlementModel, taskId: string): Float64Array {
  return leaveOneOut(model.table, model.consensus, model.taskIndex.get(taskId)!, NOBODY);
}

/** The labels given to one task, as class indices. */
export function givenOn({ table, taskIndex }: SettlementModel, taskId: string): number[] {
  const index = taskIndex.get(taskId)!;
  return [...table.voteLabel.subarray(table.taskStart[index]!, table.taskStart[index + 1]!)];
}

/** What the others' labels say about one label. */
export function verdictOn(
  { table, consensus, workers, copying, taskIndex }: SettlementModel,
  { taskId, labeler }: { readonly taskId: string; readonly labeler: string },
): GivenVerdict {
  const index = taskIndex.get(taskId)!;
  const votes: number[] = [];
  for (let v = table.taskStart[index]!; v < table.taskStart[index + 1]!; v += 1) votes.push(v);
  const vote = votes.find((v) => table.workers[table.voteWorker[v]!] === labeler)!;
  const verdict = judge({
    label: table.voteLabel[vote]!,
    labels: table.labels,
    others: leaveOneOut(table, consensus, index, vote),
    otherLabels: votes.filter((v) => v !== vote).map((v) => table.voteLabel[v]!),
    worker: workers[table.voteWorker[vote]!]!,
  });
  const copied = copying[table.voteWorker[vote]!];
  return copied ? { ...verdict, reason: copiedReason(copied), evidence: { ...verdict.evidence, copied } } : verdict;
}

/** `COPIED 38/40 as 11 others`: so many answers were what most of those said who also answer known items blindly. */
const copiedReason = ({ same, met, labelers }: Copying): string => `COPIED ${same}/${met} as ${labelers} others`;
