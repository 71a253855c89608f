import { shown } from './consensus/stopping.ts';
import type { AppealOutcome, OpenAppeal, SettlementInput } from './settlement-types.ts';
import { posteriorByLabels, verdictOn } from './settlement-model.ts';
import type { SettlementModel } from './settlement-model.ts';

type Decision = Pick<AppealOutcome, 'state' | 'reason' | 'evidence' | 'label'>;

/** Labels of others that an appeal brings in. */
export const LABELS_PER_APPEAL = 2;

/**
 * What becomes of an appeal now; null while it waits. A blind decision counts as it is. More labels are judged by the rule
 * that judged before. Nobody is left waiting: when the clock runs out without an answer the labeler is right, and when the
 * job closes the appeal is judged with all labels that the job ever got.
 */
export function decideAppeal(model: SettlementModel, input: SettlementInput, appeal: OpenAppeal): AppealOutcome | null {
  const decision = decide(model, input, appeal);
  if (!decision) return null;
  return { assignmentId: appeal.assignmentId, taskId: appeal.taskId, labeler: appeal.labeler, ...decision };
}

function decide(model: SettlementModel, input: SettlementInput, appeal: OpenAppeal): Decision | null {
  if (appeal.adjudicated !== null) return byAdjudicator(appeal, appeal.adjudicated);
  if (appeal.busy && !appeal.overdue) return null;
  const labels = model.byTask.get(appeal.taskId)?.length ?? 0;
  const more = labels - (appeal.wanted - LABELS_PER_APPEAL);
  if (input.final) return byLabels(model, input, appeal, more);
  if (appeal.route === 'MORE_LABELS' && (labels >= appeal.wanted || (appeal.overdue && more > 0))) {
    return byLabels(model, input, appeal, more);
  }
  if (!appeal.overdue) return null;
  return { state: 'UPHELD', reason: 'APPEAL_UPHELD UNANSWERED', evidence: { answered: false }, label: null };
}

function byAdjudicator({ value }: OpenAppeal, adjudicated: string): Decision {
  const evidence = { adjudicated };
  return adjudicated === value
    ? { state: 'UPHELD', reason: 'APPEAL_UPHELD ADJUDICATED', evidence, label: adjudicated }
    : { state: 'DENIED', reason: 'APPEAL_DENIED ADJUDICATED', evidence, label: null };
}

function byLabels(model: SettlementModel, input: SettlementInput, appeal: OpenAppeal, more: number): Decision {
  const { verdict, reason, evidence } = verdictOn(model, appeal);
  const figures = { ...evidence, moreLabels: more };
  if (verdict === 'REFUSED')
    return { state: 'DENIED', reason: `APPEAL_DENIED ${reason}`, evidence: figures, label: null };
  const posterior = posteriorByLabels(model, appeal.taskId);
  let best = 0;
  for (let k = 1; k < posterior.length; k += 1) if (posterior[k]! > posterior[best]!) best = k;
  const sure = posterior[best]! >= input.rule.threshold;
  return {
    state: 'UPHELD',
    reason: `APPEAL_UPHELD by ${more} more, p=${shown((evidence as { withoutYou: number }).withoutYou)} without you`,
    evidence: figures,
    label: sure ? input.labels[best]! : null,
  };
}
