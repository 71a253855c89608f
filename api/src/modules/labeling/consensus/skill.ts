/** One judged label: when, and how likely it was right; an undone refusal counts as right. */
export interface JudgedLabel {
  /** Unix seconds. */
  readonly at: number;
  readonly right: boolean;
}

/** Beta posterior of the probability that a label is right. */
export interface Skill {
  readonly right: number;
  readonly wrong: number;
  readonly mean: number;
  readonly standardError: number;
}

/** Before anything is known: as good as right twice in three. */
const PRIOR = { right: 2, wrong: 1 };
/** After so many seconds (90 days) a label weighs half. */
export const HALF_LIFE = 90 * 86_400;

/**
 * Skill at `now` from all judged labels of one task type, in any order. Old labels fade with a half-life, so a labeler is
 * what the labeler has lately been. Halving is done by whole steps of the half-life's 1/64, from additions and
 * multiplications only, so that every engine gives the same bytes. Source: Beta–Bernoulli updating with exponential
 * forgetting (Jøsang & Ismail 2002).
 */
export function skillOf(labels: readonly JudgedLabel[], now: number): Skill {
  let { right, wrong } = PRIOR;
  for (const label of [...labels].sort((a, b) => a.at - b.at || Number(a.right) - Number(b.right))) {
    const weight = weightOf(now - label.at);
    if (label.right) right += weight;
    else wrong += weight;
  }
  const total = right + wrong;
  const mean = right / total;
  return { right, wrong, mean, standardError: Math.sqrt((mean * (1 - mean)) / (total + 1)) };
}

const STEPS = 64;
/** 2^(−1/64), rounded to a double. */
const STEP = 0.9892280131939755;

function weightOf(age: number): number {
  let weight = 1;
  for (let steps = Math.floor((Math.max(0, age) * STEPS) / HALF_LIFE), factor = STEP; steps > 0; steps >>= 1) {
    if (steps & 1) weight *= factor;
    factor *= factor;
  }
  return weight;
}
