import type { GivenVerdict, KnownTask, SettlementInput, SubmittedAnnotation } from './settlement-types.ts';
import { posteriorByLabels, verdictOn } from './settlement-model.ts';
import type { SettlementModel } from './settlement-model.ts';

/**
 * Posteriors say more than they know. Of the items that simulated jobs (`npm run sim -w @allod/test`, crew target, two seeds)
 * took for known, 98.9 % were right from .99 on, 99.3 % from .995 on, and all of 998 from .999 on, which leaves half as many.
 */
const SURE = 0.995;
const LABELERS_TO_KNOW = 5;
/** So many must have met a known item before their answers can speak against it. */
const ANSWERS_TO_DOUBT = 3;
const DOUBTED = 0.5;

/** An answer is known when enough labelers, none of them hasty, leave no doubt about it. */
export function isGoldWorthy(posterior: number, annotations: readonly SubmittedAnnotation[]): boolean {
  return posterior >= SURE && annotations.filter(({ tooFast }) => !tooFast).length >= LABELERS_TO_KNOW;
}

/** Known items whose answer the labelers who met them make improbable, with the answer that they give. */
export function brokenGold(model: SettlementModel, input: SettlementInput): KnownTask[] {
  return input.hiddenGold.flatMap(({ taskId, label }) => {
    const met = model.byTask.get(taskId)?.filter(({ kind }) => kind === 'GOLD').length ?? 0;
    if (met < ANSWERS_TO_DOUBT) return [];
    const posterior = posteriorByLabels(model, taskId);
    if (posterior[input.labels.indexOf(label)]! >= DOUBTED) return [];
    let best = 0;
    for (let k = 1; k < posterior.length; k += 1) if (posterior[k]! > posterior[best]!) best = k;
    return [{ taskId, label: input.labels[best]! }];
  });
}

/** `GOLD_FAILED 5/7`: of the known items that this labeler has met, so many were answered right. */
export function goldVerdict(
  model: SettlementModel,
  given: SubmittedAnnotation,
  answer: string,
  answers: ReadonlyMap<string, string>,
): GivenVerdict {
  const byOthers = verdictOn(model, given);
  if (/^(WORKER_GATE|COPIED)/.test(byOthers.reason)) return byOthers;
  let met = 0;
  let right = 0;
  for (const [taskId, label] of answers) {
    const own = model.byTask.get(taskId)?.find(({ kind, labeler }) => kind === 'GOLD' && labeler === given.labeler);
    if (!own) continue;
    met += 1;
    if (own.value === label) right += 1;
  }
  const passed = given.value === answer;
  return {
    verdict: passed ? 'PAID' : 'REFUSED',
    reason: `${passed ? 'GOLD_PASSED' : 'GOLD_FAILED'} ${right}/${met}`,
    evidence: { known: answer, right, met },
  };
}
