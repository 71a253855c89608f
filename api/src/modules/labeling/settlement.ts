import type { Consensus } from './consensus/dawid-skene.ts';
import { leaveOneOut, twoLevelDawidSkene } from './consensus/dawid-skene.ts';
import type { Informedness } from './consensus/information-gate.ts';
import { informednessOf } from './consensus/information-gate.ts';
import type { StoppingRule } from './consensus/stopping.ts';
import { decideTask } from './consensus/stopping.ts';
import type { AnnotationVerdict } from './consensus/verdict.ts';
import { judge } from './consensus/verdict.ts';
import type { Vote, VoteTable } from './consensus/vote-table.ts';
import { buildVoteTable } from './consensus/vote-table.ts';

/** Everything that a settlement depends on: plain data, so that anyone can run it again. */
export interface SettlementInput {
  readonly labels: readonly string[];
  readonly rule: StoppingRule;
  /** The job is closed: no further labels will come. */
  readonly final: boolean;
  /** Known labels of the quiz, and the answers of each labeler who passed it. */
  readonly gold: readonly string[];
  readonly quizzes: readonly { readonly labeler: string; readonly answers: readonly string[] }[];
  readonly tasks: readonly OpenTask[];
  /** All annotations of the job, decided ones too: they teach the model. */
  readonly annotations: readonly SubmittedAnnotation[];
}

export interface OpenTask {
  readonly id: string;
  /** Live leases plus annotations. */
  readonly taken: number;
  readonly reports: number;
}

export interface SubmittedAnnotation {
  readonly assignmentId: string;
  readonly taskId: string;
  readonly labeler: string;
  readonly value: string;
}

export interface TaskOutcome {
  readonly taskId: string;
  readonly state: 'RESOLVED' | 'UNRESOLVED' | 'CANCELLED';
  readonly label: string | null;
  readonly posterior: number | null;
  readonly reason: string;
  readonly verdicts: readonly {
    readonly assignmentId: string;
    readonly labeler: string;
    readonly verdict: AnnotationVerdict;
  }[];
}

export interface Settlement {
  readonly outcomes: readonly TaskOutcome[];
  /** Tasks that want one more label. */
  readonly asks: readonly { readonly taskId: string; readonly overlap: number }[];
}

/** So many independent reports take an item out of the job. */
const REPORTS_TO_CANCEL = 2;
const FINAL: Pick<StoppingRule, 'overlapMin' | 'overlapMax'> = { overlapMin: 1, overlapMax: 1 };

/** Decides every task that can be decided now, with a verdict for each of its annotations. Deterministic. */
export function settle(input: SettlementInput): Settlement {
  const table = buildVoteTable([...quizVotes(input), ...annotationVotes(input)], input.labels);
  const gold = new Map(input.gold.map((label, index) => [quizTask(index), label]));
  const consensus = twoLevelDawidSkene(table, { gold });
  const workers = informednessOf(table, consensus, (task) => !gold.has(task));
  const taskIndex = new Map(table.tasks.map((task, index) => [task, index]));
  const byTask = annotationsByTask(input.annotations);
  const outcomes: TaskOutcome[] = [];
  const asks: { taskId: string; overlap: number }[] = [];
  for (const task of [...input.tasks].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const annotations = byTask.get(task.id) ?? [];
    if (task.reports >= REPORTS_TO_CANCEL) outcomes.push(cancelled(task, annotations, 'REPORTED'));
    else if (task.taken > annotations.length) continue;
    else if (annotations.length === 0) {
      if (input.final) outcomes.push(cancelled(task, annotations, 'JOB_CLOSED'));
    } else {
      const view = { table, consensus, workers, index: taskIndex.get(task.id)! };
      const decision = decide(view, input);
      if (decision.kind === 'ask') asks.push({ taskId: task.id, overlap: decision.overlap });
      else if (decision.kind !== 'wait') outcomes.push(decided(view, task, annotations, decision, input.labels));
    }
  }
  return { outcomes, asks };
}

function annotationsByTask(annotations: readonly SubmittedAnnotation[]): Map<string, SubmittedAnnotation[]> {
  const byTask = new Map<string, SubmittedAnnotation[]>();
  for (const annotation of annotations) {
    byTask.set(annotation.taskId, [...(byTask.get(annotation.taskId) ?? []), annotation]);
  }
  return byTask;
}

interface TaskView {
  readonly table: VoteTable;
  readonly consensus: Consensus;
  readonly workers: readonly Informedness[];
  readonly index: number;
}

const quizTask = (index: number): string => `quiz:${String(index).padStart(4, '0')}`;

const quizVotes = (input: SettlementInput): Vote[] =>
  input.quizzes.flatMap(({ labeler, answers }) =>
    answers.map((label, index) => ({ task: quizTask(index), worker: labeler, label })),
  );

const annotationVotes = (input: SettlementInput): Vote[] =>
  input.annotations.map(({ taskId, labeler, value }) => ({ task: taskId, worker: labeler, label: value }));

function decide({ table, consensus, index }: TaskView, input: SettlementInput) {
  const classes = table.labels.length;
  const posterior = consensus.posterior.subarray(index * classes, (index + 1) * classes);
  const given = [...table.voteLabel.subarray(table.taskStart[index]!, table.taskStart[index + 1]!)];
  return decideTask(posterior, given, input.final ? { ...input.rule, ...FINAL } : input.rule);
}

function decided(
  view: TaskView,
  task: OpenTask,
  annotations: readonly SubmittedAnnotation[],
  decision: { kind: 'resolved' | 'unresolved'; label: number; posterior: number; reason: string },
  labels: readonly string[],
): TaskOutcome {
  const verdicts = annotations.map(({ assignmentId, labeler }) => ({
    assignmentId,
    labeler,
    verdict: verdictOf(view, labeler, labels),
  }));
  return {
    taskId: task.id,
    state: decision.kind === 'resolved' ? 'RESOLVED' : 'UNRESOLVED',
    label: labels[decision.label]!,
    posterior: decision.posterior,
    reason: decision.reason,
    verdicts,
  };
}

function verdictOf(
  { table, consensus, workers, index }: TaskView,
  labeler: string,
  labels: readonly string[],
): AnnotationVerdict {
  const votes = range(table.taskStart[index]!, table.taskStart[index + 1]!);
  const vote = votes.find((v) => table.workers[table.voteWorker[v]!] === labeler)!;
  return judge({
    label: table.voteLabel[vote]!,
    labels,
    others: leaveOneOut(table, consensus, index, vote),
    otherLabels: votes.filter((v) => v !== vote).map((v) => table.voteLabel[v]!),
    worker: workers[table.voteWorker[vote]!]!,
  });
}

/** Work on an item that leaves the job is paid: the labeler could not know. */
function cancelled(task: OpenTask, annotations: readonly SubmittedAnnotation[], reason: string): TaskOutcome {
  const verdict: AnnotationVerdict = { verdict: 'PAID', reason: `TASK_CANCELLED ${reason}`, evidence: null };
  return {
    taskId: task.id,
    state: 'CANCELLED',
    label: null,
    posterior: null,
    reason,
    verdicts: annotations.map(({ assignmentId, labeler }) => ({ assignmentId, labeler, verdict })),
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
