import { jsonKeccak } from '@allod/protocol';
import type { StoppingRule } from './consensus/stopping.ts';

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
}

/** Names the consensus and pay rule of this code; a change of either is a new name. */
export const SCORER = 'allod/two-level-dawid-skene/1';
/** Content hash of the scorer's name, for manifests. */
export const scorerHash = (): string => jsonKeccak({ scorer: SCORER });

const MIN_LEASE_SECONDS = 300;
const MAX_LEASE_SECONDS = 86_400;
const TASKS_PER_LEASE = 20;
const REVIEW_SECONDS = 3 * 86_400;

export function rulesOf(job: {
  labels: readonly string[];
  price: string;
  overlapMin: number;
  overlapMax: number;
  secondsPerTask: number;
  quizSize: number;
}): JobRules {
  return {
    v: 1,
    scorer: SCORER,
    labels: job.labels,
    price: job.price,
    overlapMin: job.overlapMin,
    overlapMax: job.overlapMax,
    thresholdBps: 9_500,
    marginBps: 2_000,
    quizSize: job.quizSize,
    quizPassBps: 7_000,
    leaseSeconds: Math.min(Math.max(job.secondsPerTask * TASKS_PER_LEASE, MIN_LEASE_SECONDS), MAX_LEASE_SECONDS),
    reviewSeconds: REVIEW_SECONDS,
  };
}

export const ruleHashOf = (rules: JobRules): string => jsonKeccak(rules);

export const stoppingRuleOf = (rules: JobRules): StoppingRule => ({
  overlapMin: rules.overlapMin,
  overlapMax: rules.overlapMax,
  threshold: rules.thresholdBps / 10_000,
  margin: rules.marginBps / 10_000,
});
