import { decideAppeal } from './appeal-decision.ts';
import type { StoppingRule } from './consensus/stopping.ts';
import { decideTask } from './consensus/stopping.ts';
import { brokenGold, goldVerdict, isGoldWorthy } from './hidden-gold.ts';
import { givenOn, isHeld, modelOf, posteriorOf, verdictOn } from './settlement-model.ts';
import type { SettlementModel } from './settlement-model.ts';
import type {
  GivenVerdict,
  JudgedAnnotation,
  KnownTask,
  OpenTask,
  Settlement,
  SettlementInput,
  SubmittedAnnotation,
  TaskOutcome,
} from './settlement-types.ts';

/** So many independent reports take an item out of the job. */
const REPORTS_TO_CANCEL = 2;
const FINAL: Pick<StoppingRule, 'overlapMin' | 'overlapMax'> = { overlapMin: 1, overlapMax: 1 };

/** Decides everything that can be decided now, with a verdict for each annotation concerned. Deterministic. */
export function settle(input: SettlementInput): Settlement {
  const first = modelOf(input, input.hiddenGold);
  const retired = brokenGold(first, input);
  const known = input.hiddenGold.filter((gold) => retired.every(({ taskId }) => taskId !== gold.taskId));
  const model = retired.length > 0 ? modelOf(input, known) : first;
  const decided = decideTasks(model, input);
  const appeals = input.appeals.flatMap((appeal) => decideAppeal(model, input, appeal) ?? []);
  return {
    ...decided,
    verdicts: looseVerdicts(model, input, known),
    retired,
    appeals,
    again: appeals.length > 0 || endsJob(decided.outcomes, input),
  };
}

/** Nothing is left to label after this settlement, so that labels which wait for their labeler wait no longer. */
const endsJob = (outcomes: readonly TaskOutcome[], { tasks, patience }: SettlementInput): boolean =>
  patience.holdLabels > 0 &&
  tasks.length > 0 &&
  outcomes.filter(({ state }) => state !== 'ADJUDICATION').length === tasks.length;

function decideTasks(model: SettlementModel, input: SettlementInput): Pick<Settlement, 'outcomes' | 'asks'> {
  const outcomes: TaskOutcome[] = [];
  const asks: { taskId: string; overlap: number }[] = [];
  const decisions = new Map(input.adjudications.map(({ taskId, label }) => [taskId, label]));
  for (const task of [...input.tasks].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const annotations = model.byTask.get(task.id) ?? [];
    const decision = decisions.get(task.id);
    if (task.reports >= REPORTS_TO_CANCEL) outcomes.push(cancelled(task, annotations, 'REPORTED'));
    else if (task.taken > annotations.length) continue;
    else if (decision !== undefined) outcomes.push(adjudicated(model, task, ripe(model, input, annotations), decision));
    else if (annotations.length === 0) {
      if (input.final) outcomes.push(cancelled(task, annotations, 'JOB_CLOSED'));
    } else if (task.disputed && input.adjudicators && !input.final) continue;
    else {
      const next = decide(model, task, annotations, input);
      if ('ask' in next) asks.push({ taskId: task.id, overlap: next.ask });
      else if ('outcome' in next) outcomes.push(next.outcome);
    }
  }
  return { outcomes, asks };
}

type NextStep = { ask: number } | { outcome: TaskOutcome } | { wait: true };

function decide(
  model: SettlementModel,
  task: OpenTask,
  annotations: readonly SubmittedAnnotation[],
  input: SettlementInput,
): NextStep {
  const rule = ruleFor(annotations, input);
  const decision = decideTask(posteriorOf(model, task.id), givenOn(model, task.id), rule);
  // An answer given faster than one can look does not close a task: one more is asked instead of waiting.
  if (decision.kind === 'wait')
    return annotations.length >= input.rule.overlapMin ? { ask: rule.overlapMin } : { wait: true };
  if (decision.kind === 'ask') return { ask: decision.overlap };
  const disputed = decision.kind === 'unresolved' && input.adjudicators && !input.final;
  const facts = {
    taskId: task.id,
    label: input.labels[decision.label]!,
    posterior: decision.posterior,
    reason: decision.reason,
    labels: annotations.length,
  };
  if (disputed) return { outcome: { ...facts, state: 'ADJUDICATION', gold: false, verdicts: [] } };
  const resolved = decision.kind === 'resolved';
  const state = resolved ? 'RESOLVED' : 'UNRESOLVED';
  const gold = resolved && isGoldWorthy(decision.posterior, annotations);
  return {
    outcome: {
      ...facts,
      state,
      gold,
      verdicts: ripe(model, input, annotations).map((given) => judged(given, verdictOn(model, given))),
    },
  };
}

/** The others keep waiting, and are judged as late ones when their labeler is known. */
const ripe = (model: SettlementModel, input: SettlementInput, annotations: readonly SubmittedAnnotation[]) =>
  annotations.filter((given) => !isHeld(model, given, input));

function ruleFor(annotations: readonly SubmittedAnnotation[], input: SettlementInput): StoppingRule {
  if (input.final) return { ...input.rule, ...FINAL };
  const hasty = annotations.filter(({ tooFast }) => tooFast).length;
  return { ...input.rule, overlapMin: Math.min(input.rule.overlapMin + hasty, input.rule.overlapMax) };
}

const judged = ({ assignmentId, labeler }: SubmittedAnnotation, verdict: GivenVerdict): JudgedAnnotation => ({
  assignmentId,
  labeler,
  verdict,
});

/**
 * The adjudicator has not seen the votes, and decides. Who said the same is paid; who said something else is judged by
 * the others as always, so that a contested task stays paid. Only an item that nobody had labeled becomes gold: one that
 * labelers argue about tests nobody fairly.
 */
function adjudicated(
  model: SettlementModel,
  task: OpenTask,
  annotations: readonly SubmittedAnnotation[],
  label: string,
): TaskOutcome {
  const verdicts = annotations.map((given) => {
    const verdict = verdictOn(model, given);
    const agrees = given.value === label && verdict.reason.startsWith('CONTRADICTED');
    return judged(given, agrees ? { ...verdict, verdict: 'PAID', reason: 'AGREED adjudicated' } : verdict);
  });
  return {
    taskId: task.id,
    state: 'RESOLVED',
    label,
    posterior: 1,
    reason: 'ADJUDICATED',
    labels: annotations.length,
    gold: annotations.length === 0,
    verdicts,
  };
}

function looseVerdicts(
  model: SettlementModel,
  input: SettlementInput,
  known: readonly KnownTask[],
): readonly JudgedAnnotation[] {
  const answers = new Map(known.map(({ taskId, label }) => [taskId, label]));
  return input.annotations.flatMap((given) => {
    if (!given.pending || isHeld(model, given, input)) return [];
    const answer = answers.get(given.taskId);
    if (given.kind === 'GOLD' && answer !== undefined)
      return [judged(given, goldVerdict(model, given, answer, answers))];
    if (given.kind === 'GOLD' || given.late) return [judged(given, verdictOn(model, given))];
    if (!given.overdue) return [];
    return [judged(given, { verdict: 'PAID', reason: 'AUTO_APPROVED', evidence: null })];
  });
}

/** Work on an item that leaves the job is paid: the labeler could not know. */
function cancelled(task: OpenTask, annotations: readonly SubmittedAnnotation[], reason: string): TaskOutcome {
  const verdict: GivenVerdict = { verdict: 'PAID', reason: `TASK_CANCELLED ${reason}`, evidence: null };
  return {
    taskId: task.id,
    state: 'CANCELLED',
    label: null,
    posterior: null,
    reason,
    labels: annotations.length,
    gold: false,
    verdicts: annotations.map((given) => judged(given, verdict)),
  };
}
