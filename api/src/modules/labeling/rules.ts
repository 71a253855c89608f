import { jsonKeccak } from '@allod/protocol';
import type { StoppingRule } from './consensus/stopping.ts';
import { SCORER_HASH } from './scorer.generated.ts';
import { passBpsOf } from './quiz-grade.ts';
import type { Patience } from './settlement-types.ts';

/**
 * The rules by which work on a job is judged and paid. Their hash is in the escrow and in every lease, so they cannot
 * change afterwards. Probabilities are basis points, money decimal base units, times seconds.
 */
export interface JobRules {
  readonly v: 1;
  readonly scorer: string;
  readonly labels: readonly string[];
  readonly price: string;
  readonly overlapMin: number;
  readonly overlapMax: number;
  readonly thresholdBps: number;
  readonly marginBps: number;
  readonly quizSize: number;
  readonly quizPassBps: number;
  readonly leaseSeconds: number;
  readonly reviewSeconds: number;
  /** After a refusal, the time in which it can be appealed; after an appeal, the time in which it is answered. */
  readonly appealSeconds: number;
  readonly appealClockSeconds: number;
  /** Of one blind decision. */
  readonly adjudicationPrice: string;
  /** Share of leases that are for items with a known answer. */
  readonly hiddenGoldBps: number;
  /** Verdicts wait until their labeler has given so many labels in the job, at the longest until `autoApproveAt`. */
  readonly holdLabels: number;
  /** Labels that the information gate looks at beside all of them. */
  readonly recentLabels: number;
  /** An answer that comes faster does not close a task. */
  readonly tooFastMs: number;
  /** Per hour; what a median labeler earns less is topped up from `wageReserve`. */
  readonly wageFloor: string;
  readonly wageReserve: string;
}

/** Content hash of the consensus and pay rule of this code, for manifests and published votes. */
export const scorerHash = (): string => SCORER_HASH;
/** Names them in the rules of a job, and so in the hash that the escrow and every lease hold. */
export const SCORER = `allod/consensus@${SCORER_HASH}`;
/** A job is judged by the scorer that it was opened with, and by no other. */
export const isOurScorer = (rules: Pick<JobRules, 'scorer'>): boolean => rules.scorer === SCORER;

/** Posteriors of two or three labels say more than they know: measured by `npm run bench -- labels`, part adaptive. */
const THRESHOLD_BPS = 9_998;
const MIN_LEASE_SECONDS = 300;
const MAX_LEASE_SECONDS = 86_400;
const TASKS_PER_LEASE = 20;
const REVIEW_SECONDS = 3 * 86_400;
/** Both together end before the escrow gives anything reserved back. */
const APPEAL_SECONDS = 3 * 86_400;
const ADJUDICATION_PRICES = 3n;
const HIDDEN_GOLD_BPS = 500;
/** Five minutes of work; measured by `npm run sim -w @allod/test`. */
const HOLD_LABELS = 40;
const RECENT_LABELS = 30;
/** One twentieth of the time that the task is said to take. */
const TOO_FAST_MS_PER_SECOND = 50;
export const MAX_EXTENSIONS = 2;

export function rulesOf(job: {
  labels: readonly string[];
  price: string;
  overlapMin: number;
  overlapMax: number;
  secondsPerTask: number;
  quizSize: number;
  adjudicationPrice?: string | null;
  hiddenGoldBps?: number | null;
  holdLabels?: number | null;
  tooFastMs?: number | null;
  wageFloor?: string | null;
  wageReserve?: string | null;
}): JobRules {
  return {
    v: 1,
    scorer: SCORER,
    labels: job.labels,
    price: job.price,
    overlapMin: job.overlapMin,
    overlapMax: job.overlapMax,
    thresholdBps: THRESHOLD_BPS,
    marginBps: 2_000,
    quizSize: job.quizSize,
    quizPassBps: passBpsOf(job.quizSize, job.labels.length),
    leaseSeconds: Math.min(Math.max(job.secondsPerTask * TASKS_PER_LEASE, MIN_LEASE_SECONDS), MAX_LEASE_SECONDS),
    reviewSeconds: REVIEW_SECONDS,
    appealSeconds: APPEAL_SECONDS,
    appealClockSeconds: APPEAL_SECONDS,
    adjudicationPrice: job.adjudicationPrice ?? (BigInt(job.price) * ADJUDICATION_PRICES).toString(),
    hiddenGoldBps: job.hiddenGoldBps ?? HIDDEN_GOLD_BPS,
    holdLabels: job.holdLabels ?? HOLD_LABELS,
    recentLabels: RECENT_LABELS,
    tooFastMs: job.tooFastMs ?? job.secondsPerTask * TOO_FAST_MS_PER_SECOND,
    wageFloor: job.wageFloor ?? '0',
    wageReserve: job.wageReserve ?? '0',
  };
}

/** Jobs older than appeals have no such rule; theirs can be appealed all the same. */
export const appealSecondsOf = (rules: JobRules): number => rules.appealSeconds ?? APPEAL_SECONDS;
export const appealClockSecondsOf = (rules: JobRules): number => rules.appealClockSeconds ?? APPEAL_SECONDS;
export const adjudicationPriceOf = (rules: JobRules): string =>
  rules.adjudicationPrice ?? (BigInt(rules.price) * ADJUDICATION_PRICES).toString();

export const ruleHashOf = (rules: JobRules): string => jsonKeccak(rules);

export const stoppingRuleOf = (rules: JobRules): StoppingRule => ({
  overlapMin: rules.overlapMin,
  overlapMax: rules.overlapMax,
  threshold: rules.thresholdBps / 10_000,
  margin: rules.marginBps / 10_000,
});

/** Jobs older than this rule judge at once, as they promised. */
export const patienceOf = (rules: JobRules): Patience => ({
  holdLabels: rules.holdLabels ?? 0,
  recentLabels: rules.recentLabels ?? 0,
});
