/** When to stop asking for labels of one task, and what to conclude. */
export interface StoppingRule {
  readonly overlapMin: number;
  readonly overlapMax: number;
  /** Posterior from which a task is closed. */
  readonly threshold: number;
  /** At the maximum overlap the best label still wins when it leads the second by this much. */
  readonly margin: number;
}

export type TaskDecision =
  | { readonly kind: 'wait' }
  | { readonly kind: 'ask'; readonly overlap: number }
  | { readonly kind: 'resolved'; readonly label: number; readonly posterior: number; readonly reason: string }
  | { readonly kind: 'unresolved'; readonly label: number; readonly posterior: number; readonly reason: string };

/**
 * `posterior` is the row of one task, `given` its annotations. A task closes early only when the model and the plain
 * plurality name the same label: a model that believes one worker against another needs a third opinion.
 */
export function decideTask(posterior: ArrayLike<number>, given: readonly number[], rule: StoppingRule): TaskDecision {
  const votes = given.length;
  if (votes < rule.overlapMin) return { kind: 'wait' };
  const { label, best, second } = lead(posterior);
  const agreed = best >= rule.threshold && plurality(given) === label;
  if (agreed) return { kind: 'resolved', label, posterior: best, reason: `AGREED p=${shown(best)}` };
  if (votes < rule.overlapMax) return { kind: 'ask', overlap: votes + 1 };
  const margin = best - second;
  if (margin >= rule.margin)
    return { kind: 'resolved', label, posterior: best, reason: `MAX_OVERLAP p=${shown(best)}` };
  return {
    kind: 'unresolved',
    label,
    posterior: best,
    reason: `LABELS_DISAGREE ${votes} labels, margin ${shown(margin)}`,
  };
}

/** The label given most often, null when two are given equally often. */
export function plurality(given: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (const label of given) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const leaders = [...counts].filter(([, count]) => count === most);
  return leaders.length === 1 ? leaders[0]![0] : null;
}

/** A probability as people read it: `.99`, never rounded up to 1. */
export function shown(probability: number): string {
  const hundredths = Math.floor(probability * 100 + 1e-9);
  return hundredths >= 100 ? '1' : `.${String(hundredths).padStart(2, '0')}`;
}

function lead(posterior: ArrayLike<number>): { label: number; best: number; second: number } {
  let label = 0;
  for (let k = 1; k < posterior.length; k += 1) if (posterior[k]! > posterior[label]!) label = k;
  let second = 0;
  for (let k = 0; k < posterior.length; k += 1) if (k !== label) second = Math.max(second, posterior[k]!);
  return { label, best: posterior[label]!, second };
}
