import type { AppealRoute } from '../appeal-state.ts';
import type { AssignmentKind } from '../assignment-kind.ts';
import type { JobRules } from '../rules.ts';
import type { Evidence } from '../settlement-types.ts';

/**
 * All that a job was decided on, published when it is over: canonical JSON under its CID. Labelers appear under numbers of
 * this job only; their accounts are listed apart from the numbers, because a commitment opens to its own account alone.
 * Money is decimal base units.
 */
export interface PublishedVotes {
  readonly v: 1;
  readonly type: 'allod/votes';
  readonly jobId: string;
  readonly datasetId: string;
  readonly chainId: number;
  readonly labelEscrow: string;
  readonly rules: JobRules;
  readonly ruleHash: string;
  readonly scorerHash: string;
  /** Known labels of the quiz. */
  readonly gold: readonly string[];
  /** Accounts that the escrow lists for the job, sorted. */
  readonly accounts: readonly string[];
  readonly workers: readonly PublishedWorker[];
  /** Settlements that decided something. */
  readonly rounds: readonly { readonly round: number; readonly final: boolean; readonly adjudicators: boolean }[];
  readonly tasks: readonly PublishedTask[];
  readonly votes: readonly PublishedVote[];
  readonly appeals: readonly PublishedAppeal[];
}

export interface PublishedWorker {
  readonly worker: number;
  /** Answers to the quiz, empty for adjudicators, and the settlement that first knew them. */
  readonly quiz: readonly string[];
  readonly round: number;
  readonly quizPay: string;
  /** Sum of the ledger. */
  readonly earned: string;
}

export interface PublishedTask {
  readonly taskId: string;
  readonly state: string;
  readonly label: string | null;
  readonly reason: string | null;
  readonly round: number | null;
  readonly goldLabel: string | null;
  readonly goldFrom: number | null;
  readonly goldUntil: number | null;
}

export interface PublishedVote {
  readonly taskId: string;
  readonly worker: number;
  readonly kind: AssignmentKind;
  readonly value: string;
  readonly salt: string;
  readonly commitment: string;
  readonly tooFast: boolean;
  /** Settlement that first knew it, and that judged it first. */
  readonly round: number;
  readonly verdictRound: number;
  readonly verdict: string;
  readonly reason: string;
  readonly evidence: Evidence | null;
  readonly pay: string;
  readonly topUp: string;
}

export interface PublishedAppeal {
  readonly taskId: string;
  readonly worker: number;
  readonly route: AppealRoute;
  readonly wanted: number;
  readonly state: string;
  readonly reason: string;
  readonly evidence: Evidence | null;
  readonly refusedFor: string;
  readonly round: number;
}
