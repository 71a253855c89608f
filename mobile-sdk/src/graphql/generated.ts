/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AdjudicatorState =
  | 'ACTIVE'
  /** Named by the requester; the curator has not agreed yet. */
  | 'PROPOSED';

export type AnnotationSubmitInput = {
  assignmentId: string;
  /** Salted commitment of the value (@allod/protocol annotationCommitment over keccak256 of the canonical JSON). */
  commitment: string;
  salt: string;
  /** EIP-712 Annotation, signed by the labeler. */
  signature: string;
  value: string;
};

export type AppealRoute =
  /** An adjudicator decides without seeing the votes. */
  | 'ADJUDICATION'
  /** Two more labelers are asked. */
  | 'MORE_LABELS';

export type AppealState =
  | 'DENIED'
  | 'OPEN'
  | 'UPHELD';

export type AssignmentState =
  | 'EXPIRED'
  | 'LEASED'
  /** The item should not be here; no penalty. */
  | 'REPORTED'
  /** Given back; no penalty. */
  | 'SKIPPED'
  | 'SUBMITTED';

export type BlockInput = {
  cid: string;
  size: number;
};

/** A newer consent of the same contributor whose terms shall count for the items given under older ones. */
export type ConsentExtendInput = {
  consent: ConsentInput;
  datasetId: string;
  grant: DeviceGrantInput;
  /** Every sealed key of the consents that are extended, sealed anew under the new terms; `consentHash` stays that of the older consent. */
  sealed: Array<SignedRecordInput>;
};

/** EIP-712 Consent, signed by the contributorRef. */
export type ConsentInput = {
  consentNonce: number;
  contributorRef: string;
  datasetId: string;
  minPrice: string;
  purposes: number;
  signature: string;
  sources: number;
  termsHash: string;
  validUntil: number;
};

/** EIP-712 Withdrawal, signed by the contributorRef. */
export type ConsentWithdrawInput = {
  consentNonce: number;
  contributorRef: string;
  datasetId: string;
  deadline: number;
  signature: string;
};

export type ContributionCommitInput = {
  /** ContributionBatch, signed by `grant.signer`. */
  batchSignature: string;
  consent: ConsentInput;
  contributions: Array<ContributionInput>;
  count: number;
  datasetId: string;
  grant: DeviceGrantInput;
  idempotencyKey: string;
  /** Required for each item when the consent has the LABEL purpose, else empty. */
  labelPacks: Array<LabelPackInput>;
  /** KEK_1023 of this consent, sealed to its contributorRef alone and signed by it; where no seed derives it. Kept once, never published. */
  ownerKek?: SignedRecordInput | null | undefined;
  root: string;
  salt: string;
  /** KEK of this intake, sealed to the keepers. */
  sealedKek: SignedRecordInput;
};

export type ContributionInput = {
  contentDigest: string;
  contributionId: string;
  floeHeader: string;
  intake: number;
  /** Raw leaves in file order. */
  leaves: Array<string>;
  /** Public metadata by consent; SHA-256 of its canonical form is `metadataHash` (32 zero bytes without). */
  metadata?: unknown;
  metadataHash: string;
  schemaHash: string;
  size: number;
  /** DEK under the KEK of the intake, 60 bytes. */
  wrappedDek: string;
};

/** Late items of one salt under new leaves, which differ from the old ones in `intake` only; each at the index that its id is made of. */
export type ContributionRewrapInput = {
  /** ContributionBatch, signed by `grant.signer`. */
  batchSignature: string;
  /** The consent whose terms count for the items; known here. */
  consentHash: string;
  /** Highest index + 1. */
  count: number;
  datasetId: string;
  grant: DeviceGrantInput;
  /** The open intake. */
  intake: number;
  items: Array<RewrapItemInput>;
  /** Root of the new leaves, 32 zero bytes at every other index. */
  root: string;
  salt: string;
  /** KEK of the open intake, sealed to the keepers. */
  sealedKek: SignedRecordInput;
};

/** Lifecycle of a contribution; every change keeps a reason code. */
export type ContributionState =
  /** Its batch root is on chain. */
  | 'ANCHORED'
  /** Stored and durable here. */
  | 'COMMITTED'
  /** The same ciphertext was committed before by somebody else. */
  | 'CONTESTED'
  | 'IN_VERSION'
  | 'REJECTED'
  | 'VALIDATED'
  | 'WITHDRAWN';

export type ContributionUploadBeginInput = {
  blocks: Array<BlockInput>;
  datasetId: string;
};

/** EIP-712 ItemWithdrawal, signed by the contributorRef. */
export type ContributionWithdrawInput = {
  contributionId: string;
  issuedAt: number;
  reason: number;
  signature: string;
};

/** EIP-712 DeviceGrant, signed by the contributorRef; at most 90 days. */
export type DeviceGrantInput = {
  contributorRef: string;
  datasetId: string;
  grantNonce: number;
  signature: string;
  signer: string;
  validUntil: number;
};

export type JobState =
  /** The curator has signed; the requester may fund it on chain. */
  | 'APPROVED'
  | 'CLOSED'
  | 'DRAFT'
  /** Funded on chain. */
  | 'OPEN';

/** At most 32 items that share one label key. */
export type LabelPackInput = {
  packId: string;
  packIndex: number;
  sealed: SignedRecordInput;
  wraps: Array<LabelWrapInput>;
};

export type LabelWrapInput = {
  contributionId: string;
  /** DEK under the label key, 60 bytes. */
  wrappedDek: string;
};

export type LabelingJobApproveInput = {
  /** Unix seconds; goes into `LabelEscrow.createJob` as approvalDeadline. */
  deadline: number;
  jobId: string;
  /** EIP-712 JobApproval, signed by the curator; goes into `LabelEscrow.createJob`. */
  signature: string;
};

export type LabelingJobCreateInput = {
  /** Of one blind decision; three prices when not given. */
  adjudicationPrice?: string | null | undefined;
  budget: string;
  /** Most that may be paid per UTC day. */
  dailyCap: string;
  datasetId: string;
  /** Share of leases that are for items with a known answer; 500 when not given. */
  hiddenGoldBps?: number | null | undefined;
  /** Verdicts wait until their labeler has given so many labels in the job, or nothing is left to label, or the time for a verdict is over; 40 when not given, 0 waits for nobody. */
  holdLabels?: number | null | undefined;
  instructions: string;
  labels: Array<string>;
  overlapMax: number;
  overlapMin: number;
  price: string;
  /** At least 5. */
  quiz: Array<QuizItemInput>;
  /** Part of the budget for quiz pay. */
  quizBudget: string;
  /** The salt that the requester will pass to `LabelEscrow.createJob`. */
  salt: string;
  secondsPerTask: number;
  title: string;
  /** An answer given faster does not close a task; a twentieth of secondsPerTask when not given. */
  tooFastMs?: number | null | undefined;
  /** Per hour, at the measured pace. */
  wageFloor?: string | null | undefined;
  /** Part of the budget that tops up pay to the floor. */
  wageReserve?: string | null | undefined;
};

export type Qualification =
  | 'FAILED'
  | 'NONE'
  /** Quiz passed; the account is being listed on chain. */
  | 'PASSED'
  /** Listed on chain: keepers release label keys. */
  | 'QUALIFIED';

/** A public item of the requester's own with its known label. */
export type QuizItemInput = {
  answer: string;
  contentBase64: string;
  mediaType: string;
};

export type RewrapItemInput = {
  contributionId: string;
  /** DEK under the KEK of `intake`, 60 bytes. */
  wrappedDek: string;
};

/** A sealed key record with its owner's signature over `SealedKey`. */
export type SignedRecordInput = {
  record: unknown;
  signature: string;
  signer: string;
};

export type Verdict =
  | 'PAID'
  | 'PENDING'
  | 'REFUSED';

export type VersionState =
  | 'IN_REVIEW'
  | 'OBJECTED'
  | 'OPEN';

export type RefusalFragment = { code: string, message: string, details: unknown };

export type DatasetFieldsFragment = { id: string, curator: string, name: string, description: string, mediaType: string, schema: unknown, schemaHash: string, purposes: number, contributorsBps: number, floorPrice: string, token: string, sources: number, openIntake: number, contributionCount: number, offers: Array<{ id: string, index: number, price: string, duration: number, purposes: number, seats: number, termsHash: string, active: boolean }>, latestVersion: { number: number, manifestCid: string, contributorRoot: string, otherRoot: string, opensAt: string, state: VersionState, itemCount: number, parent: number } | null, versions: Array<{ number: number, manifestCid: string, contributorRoot: string, otherRoot: string, opensAt: string, state: VersionState, itemCount: number, parent: number }> };

export type ContributionFieldsFragment = { id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string };

export type ReceiptFieldsFragment = { subject: string, kind: number, evidenceHash: string, issuedAt: number, signer: string, signature: string, text: string };

export type JobFieldsFragment = { id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> };

export type AssignmentFieldsFragment = { id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } };

export type AppealFieldsFragment = { assignmentId: string, jobId: string, taskId: string, text: string, route: AppealRoute, state: AppealState, reason: string, evidence: unknown, refusedFor: string, openedAt: string, decideBy: string, decidedAt: string | null };

export type EarningsFieldsFragment = { jobId: string, earned: string, pending: string, withdrawn: string, withdrawable: string, voucher: { jobId: string, labeler: string, cumulative: string, settledThrough: number, signer: string, signature: string } | null, outcomes: Array<{ assignmentId: string, taskId: string, jobId: string, value: string, verdict: Verdict, reason: string, evidence: unknown, pay: string, submittedAt: string, appealUntil: string | null, appeal: { assignmentId: string, jobId: string, taskId: string, text: string, route: AppealRoute, state: AppealState, reason: string, evidence: unknown, refusedFor: string, openedAt: string, decideBy: string, decidedAt: string | null } | null }> };

export type ProtocolQueryVariables = Exact<{ [key: string]: never; }>;


export type ProtocolQuery = { protocol: { chainId: number, chainName: string, contracts: unknown, receiptSigner: string, jobSigner: string, confirmations: number, singleOperator: boolean, paymentToken: string } };

export type DatasetQueryVariables = Exact<{
  id: string;
}>;


export type DatasetQuery = { dataset: { id: string, curator: string, name: string, description: string, mediaType: string, schema: unknown, schemaHash: string, purposes: number, contributorsBps: number, floorPrice: string, token: string, sources: number, openIntake: number, contributionCount: number, offers: Array<{ id: string, index: number, price: string, duration: number, purposes: number, seats: number, termsHash: string, active: boolean }>, latestVersion: { number: number, manifestCid: string, contributorRoot: string, otherRoot: string, opensAt: string, state: VersionState, itemCount: number, parent: number } | null, versions: Array<{ number: number, manifestCid: string, contributorRoot: string, otherRoot: string, opensAt: string, state: VersionState, itemCount: number, parent: number }> } | null };

export type DatasetsQueryVariables = Exact<{
  search?: string | null | undefined;
  curator?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DatasetsQuery = { datasets: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, curator: string, name: string, description: string, mediaType: string, schema: unknown, schemaHash: string, purposes: number, contributorsBps: number, floorPrice: string, token: string, sources: number, openIntake: number, contributionCount: number, offers: Array<{ id: string, index: number, price: string, duration: number, purposes: number, seats: number, termsHash: string, active: boolean }>, latestVersion: { number: number, manifestCid: string, contributorRoot: string, otherRoot: string, opensAt: string, state: VersionState, itemCount: number, parent: number } | null, versions: Array<{ number: number, manifestCid: string, contributorRoot: string, otherRoot: string, opensAt: string, state: VersionState, itemCount: number, parent: number }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ContributionQueryVariables = Exact<{
  id: string;
}>;


export type ContributionQuery = { contribution: { id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string } | null };

export type MyContributionsQueryVariables = Exact<{
  datasetId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type MyContributionsQuery = { myContributions: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type OwnerKeysQueryVariables = Exact<{
  datasetId: string;
}>;


export type OwnerKeysQuery = { ownerKeys: unknown };

export type OwnItemsQueryVariables = Exact<{
  datasetId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type OwnItemsQuery = { myContributions: { edges: Array<{ node: { id: string, datasetId: string, contributorRef: string, cid: string, size: number, floeHeader: string, schemaHash: string, consentHash: string, metadata: unknown, intake: number, state: ContributionState } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type WithdrawalReceiptsQueryVariables = Exact<{
  datasetId: string;
}>;


export type WithdrawalReceiptsQuery = { withdrawalReceipts: Array<{ subject: string, kind: number, evidenceHash: string, issuedAt: number, signer: string, signature: string, text: string }> };

export type WithdrawalNoticesQueryVariables = Exact<{
  datasetId: string;
  after?: string | null | undefined;
}>;


export type WithdrawalNoticesQuery = { withdrawalNotices: Array<{ id: string, datasetId: string, contributorRef: string, contributionId: string | null, reason: number, at: string, acknowledgedAt: string | null }> };

export type WithdrawalAcknowledgeMutationVariables = Exact<{
  ids: Array<string> | string;
}>;


export type WithdrawalAcknowledgeMutation = { withdrawalAcknowledge: number };

export type LabelingJobQueryVariables = Exact<{
  id: string;
}>;


export type LabelingJobQuery = { labelingJob: { id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> } | null };

export type LabelingJobsQueryVariables = Exact<{
  datasetId?: string | null | undefined;
  state?: JobState | null | undefined;
}>;


export type LabelingJobsQuery = { labelingJobs: Array<{ id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> }> };

export type QuizQueryVariables = Exact<{
  jobId: string;
}>;


export type QuizQuery = { quiz: Array<{ index: number, mediaType: string, contentBase64: string }> };

export type MyAssignmentsQueryVariables = Exact<{
  jobId?: string | null | undefined;
}>;


export type MyAssignmentsQuery = { myAssignments: Array<{ id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } }> };

export type EarningsQueryVariables = Exact<{
  jobId?: string | null | undefined;
}>;


export type EarningsQuery = { earnings: Array<{ jobId: string, earned: string, pending: string, withdrawn: string, withdrawable: string, voucher: { jobId: string, labeler: string, cumulative: string, settledThrough: number, signer: string, signature: string } | null, outcomes: Array<{ assignmentId: string, taskId: string, jobId: string, value: string, verdict: Verdict, reason: string, evidence: unknown, pay: string, submittedAt: string, appealUntil: string | null, appeal: { assignmentId: string, jobId: string, taskId: string, text: string, route: AppealRoute, state: AppealState, reason: string, evidence: unknown, refusedFor: string, openedAt: string, decideBy: string, decidedAt: string | null } | null }> }> };

export type MyLicensesQueryVariables = Exact<{ [key: string]: never; }>;


export type MyLicensesQuery = { myLicenses: Array<{ id: string, licensee: string, datasetId: string, offerIndex: number, slot: number, purposes: number, maxVersion: number, expiry: string, price: string, txHash: string }> };

export type ClaimsQueryVariables = Exact<{
  account: string;
}>;


export type ClaimsQuery = { claims: Array<{ datasetId: string, version: number, role: number, account: string, weight: string, validUntil: string, consentNonce: number, index: number, proof: Array<string>, claimed: string, due: string }> };

export type SignInChallengeMutationVariables = Exact<{
  account: string;
  domain: string;
  uri: string;
}>;


export type SignInChallengeMutation = { signInChallenge: { message: string, nonce: string, expiresAt: string } };

export type SignInMutationVariables = Exact<{
  message: string;
  signature: string;
}>;


export type SignInMutation = { signIn:
    | { __typename: 'Refused', code: string, message: string, details: unknown }
    | { __typename: 'Session', token: string, account: string, expiresAt: string }
   };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: boolean };

export type ContributionUploadBeginMutationVariables = Exact<{
  input: ContributionUploadBeginInput;
}>;


export type ContributionUploadBeginMutation = { contributionUploadBegin:
    | { __typename: 'Refused', code: string, message: string, details: unknown }
    | { __typename: 'UploadPlan', openIntake: number, sources: number, missing: Array<string>, quotaBytesLeft: string }
   };

export type ContributionCommitMutationVariables = Exact<{
  input: ContributionCommitInput;
}>;


export type ContributionCommitMutation = { contributionCommit:
    | { __typename: 'ContributionBatchCommitted', root: string, replay: boolean, contributions: Array<{ id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string }>, receipt: { subject: string, kind: number, evidenceHash: string, issuedAt: number, signer: string, signature: string, text: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type ContributionWithdrawMutationVariables = Exact<{
  input: ContributionWithdrawInput;
}>;


export type ContributionWithdrawMutation = { contributionWithdraw:
    | { __typename: 'Contribution', id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type ConsentWithdrawMutationVariables = Exact<{
  input: ConsentWithdrawInput;
}>;


export type ConsentWithdrawMutation = { consentWithdraw:
    | { __typename: 'ConsentWithdrawal', contributorRef: string, datasetId: string, consentNonce: number, txHash: string | null, receipt: { subject: string, kind: number, evidenceHash: string, issuedAt: number, signer: string, signature: string, text: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type IntakeCloseMutationVariables = Exact<{
  datasetId: string;
}>;


export type IntakeCloseMutation = { intakeClose:
    | { __typename: 'IntakeClosed', datasetId: string, closed: number, open: number }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type VersionPrepareMutationVariables = Exact<{
  datasetId: string;
}>;


export type VersionPrepareMutation = { versionPrepare:
    | { __typename: 'Refused', code: string, message: string, details: unknown }
    | { __typename: 'VersionDraft', number: number, manifestCid: string, capTableCid: string, contributorRoot: string, otherRoot: string, parent: number, included: number, excluded: Array<{ contributionId: string, reason: string }> }
   };

export type LabelingJobCreateMutationVariables = Exact<{
  input: LabelingJobCreateInput;
}>;


export type LabelingJobCreateMutation = { labelingJobCreate:
    | { __typename: 'LabelingJob', id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type LabelingJobApproveMutationVariables = Exact<{
  input: LabelingJobApproveInput;
}>;


export type LabelingJobApproveMutation = { labelingJobApprove:
    | { __typename: 'LabelingJob', id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type LabelingJobCloseMutationVariables = Exact<{
  jobId: string;
}>;


export type LabelingJobCloseMutation = { labelingJobClose:
    | { __typename: 'LabelingJob', id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type QuizSubmitMutationVariables = Exact<{
  jobId: string;
  answers: Array<string> | string;
}>;


export type QuizSubmitMutation = { quizSubmit:
    | { __typename: 'QuizResult', passed: boolean, correct: number, total: number, reason: string, pay: string }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AssignmentAcceptMutationVariables = Exact<{
  jobId: string;
}>;


export type AssignmentAcceptMutation = { assignmentAccept:
    | { __typename: 'Assignment', id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AdjudicationAcceptMutationVariables = Exact<{
  jobId: string;
}>;


export type AdjudicationAcceptMutation = { adjudicationAccept:
    | { __typename: 'Assignment', id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AdjudicatorAppointMutationVariables = Exact<{
  jobId: string;
  account: string;
}>;


export type AdjudicatorAppointMutation = { adjudicatorAppoint:
    | { __typename: 'LabelingJob', id: string, datasetId: string, requester: string, title: string, instructions: string, labels: Array<string>, price: string, budget: string, paid: string, reserved: string, overlapMin: number, overlapMax: number, signer: string, ruleHash: string, state: JobState, taskCount: number, resolvedCount: number, quizSize: number, secondsPerTask: number, measuredMs: number | null, hourlyPay: string, wageFloor: string, wageReserve: string, wageGranted: string, adjudicationPrice: string, votesCid: string | null, qualification: Qualification | null, adjudicators: Array<{ account: string, state: AdjudicatorState }> }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AppealOpenMutationVariables = Exact<{
  assignmentId: string;
  text: string;
}>;


export type AppealOpenMutation = { appealOpen:
    | { __typename: 'Appeal', assignmentId: string, jobId: string, taskId: string, text: string, route: AppealRoute, state: AppealState, reason: string, evidence: unknown, refusedFor: string, openedAt: string, decideBy: string, decidedAt: string | null }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AssignmentExtendMutationVariables = Exact<{
  id: string;
}>;


export type AssignmentExtendMutation = { assignmentExtend:
    | { __typename: 'Assignment', id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AssignmentSkipMutationVariables = Exact<{
  id: string;
}>;


export type AssignmentSkipMutation = { assignmentSkip:
    | { __typename: 'Assignment', id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AssignmentReportMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type AssignmentReportMutation = { assignmentReport:
    | { __typename: 'Assignment', id: string, jobId: string, contributionId: string, datasetId: string, contributorRef: string, schemaHash: string, cid: string, size: number, floeHeader: string, mediaType: string, labels: Array<string>, adjudication: boolean, labelWrappedDek: string, sealedKey: unknown, sealedKeySignature: string, sealedKeySigner: string, packId: string, state: AssignmentState, lease: { jobId: string, labeler: string, taskId: string, price: string, ruleHash: string, deadline: number, autoApproveAt: number, signer: string, signature: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type AnnotationSubmitMutationVariables = Exact<{
  input: AnnotationSubmitInput;
}>;


export type AnnotationSubmitMutation = { annotationSubmit:
    | { __typename: 'AnnotationReceived', assignmentId: string, leaseHash: string, commitment: string, receivedAt: number, signer: string, signature: string }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type ConsentExtendMutationVariables = Exact<{
  input: ConsentExtendInput;
}>;


export type ConsentExtendMutation = { consentExtend:
    | { __typename: 'ConsentExtended', consentHash: string, extended: Array<string> }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export type LateContributionsQueryVariables = Exact<{
  datasetId: string;
}>;


export type LateContributionsQuery = { lateContributions: { openIntake: number, batches: Array<{ root: string, count: number, salt: string, consentHash: string, signature: string, grant: { contributorRef: string, datasetId: string, signer: string, validUntil: number, grantNonce: number, signature: string }, terms: { contributorRef: string, datasetId: string, purposes: number, validUntil: number, minPrice: string, termsHash: string, consentNonce: number, sources: number, signature: string }, items: Array<{ wrappedDek: string, contribution: { schemaHash: string, floeHeader: string, consentHash: string, metadata: unknown, id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string } }> }> } };

export type ContributionRewrapMutationVariables = Exact<{
  input: ContributionRewrapInput;
}>;


export type ContributionRewrapMutation = { contributionRewrap:
    | { __typename: 'ContributionBatchCommitted', root: string, contributions: Array<{ id: string, datasetId: string, contributorRef: string, cid: string, size: number, intake: number, state: ContributionState, reason: string | null, batchRoot: string, index: number, proof: Array<string>, anchorTx: string | null, anchoredAt: string | null, version: number | null, committedAt: string }>, receipt: { subject: string, kind: number, evidenceHash: string, issuedAt: number, signer: string, signature: string, text: string } }
    | { __typename: 'Refused', code: string, message: string, details: unknown }
   };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RefusalFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment Refusal on Refused { code message details }`, {"fragmentName":"Refusal"}) as unknown as TypedDocumentString<RefusalFragment, unknown>;
export const DatasetFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment DatasetFields on Dataset { id curator name description mediaType schema schemaHash purposes contributorsBps floorPrice token sources openIntake contributionCount offers { id index price duration purposes seats termsHash active } latestVersion { number manifestCid contributorRoot otherRoot opensAt state itemCount parent } versions { number manifestCid contributorRoot otherRoot opensAt state itemCount parent } }`, {"fragmentName":"DatasetFields"}) as unknown as TypedDocumentString<DatasetFieldsFragment, unknown>;
export const ContributionFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt }`, {"fragmentName":"ContributionFields"}) as unknown as TypedDocumentString<ContributionFieldsFragment, unknown>;
export const ReceiptFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment ReceiptFields on SignedReceipt { subject kind evidenceHash issuedAt signer signature text }`, {"fragmentName":"ReceiptFields"}) as unknown as TypedDocumentString<ReceiptFieldsFragment, unknown>;
export const JobFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`, {"fragmentName":"JobFields"}) as unknown as TypedDocumentString<JobFieldsFragment, unknown>;
export const AssignmentFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`, {"fragmentName":"AssignmentFields"}) as unknown as TypedDocumentString<AssignmentFieldsFragment, unknown>;
export const AppealFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment AppealFields on Appeal { assignmentId jobId taskId text route state reason evidence refusedFor openedAt decideBy decidedAt }`, {"fragmentName":"AppealFields"}) as unknown as TypedDocumentString<AppealFieldsFragment, unknown>;
export const EarningsFieldsFragmentDoc = /*#__PURE__*/ new TypedDocumentString(`fragment EarningsFields on Earnings { jobId earned pending withdrawn withdrawable voucher { jobId labeler cumulative settledThrough signer signature } outcomes { assignmentId taskId jobId value verdict reason evidence pay submittedAt appealUntil appeal { ...AppealFields } } } fragment AppealFields on Appeal { assignmentId jobId taskId text route state reason evidence refusedFor openedAt decideBy decidedAt }`, {"fragmentName":"EarningsFields"}) as unknown as TypedDocumentString<EarningsFieldsFragment, unknown>;
export const ProtocolDocument = /*#__PURE__*/ new TypedDocumentString(`query Protocol { protocol { chainId chainName contracts receiptSigner jobSigner confirmations singleOperator paymentToken } }`) as unknown as TypedDocumentString<ProtocolQuery, ProtocolQueryVariables>;
export const DatasetDocument = /*#__PURE__*/ new TypedDocumentString(`query Dataset($id: Bytes32!) { dataset(id: $id) { ...DatasetFields } } fragment DatasetFields on Dataset { id curator name description mediaType schema schemaHash purposes contributorsBps floorPrice token sources openIntake contributionCount offers { id index price duration purposes seats termsHash active } latestVersion { number manifestCid contributorRoot otherRoot opensAt state itemCount parent } versions { number manifestCid contributorRoot otherRoot opensAt state itemCount parent } }`) as unknown as TypedDocumentString<DatasetQuery, DatasetQueryVariables>;
export const DatasetsDocument = /*#__PURE__*/ new TypedDocumentString(`query Datasets($search: String, $curator: Address, $first: Int, $after: String) { datasets(search: $search, curator: $curator, first: $first, after: $after) { edges { cursor node { ...DatasetFields } } pageInfo { hasNextPage endCursor } totalCount } } fragment DatasetFields on Dataset { id curator name description mediaType schema schemaHash purposes contributorsBps floorPrice token sources openIntake contributionCount offers { id index price duration purposes seats termsHash active } latestVersion { number manifestCid contributorRoot otherRoot opensAt state itemCount parent } versions { number manifestCid contributorRoot otherRoot opensAt state itemCount parent } }`) as unknown as TypedDocumentString<DatasetsQuery, DatasetsQueryVariables>;
export const ContributionDocument = /*#__PURE__*/ new TypedDocumentString(`query Contribution($id: Bytes32!) { contribution(id: $id) { ...ContributionFields } } fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt }`) as unknown as TypedDocumentString<ContributionQuery, ContributionQueryVariables>;
export const MyContributionsDocument = /*#__PURE__*/ new TypedDocumentString(`query MyContributions($datasetId: Bytes32, $first: Int, $after: String) { myContributions(datasetId: $datasetId, first: $first, after: $after) { edges { cursor node { ...ContributionFields } } pageInfo { hasNextPage endCursor } totalCount } } fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt }`) as unknown as TypedDocumentString<MyContributionsQuery, MyContributionsQueryVariables>;
export const OwnerKeysDocument = /*#__PURE__*/ new TypedDocumentString(`query OwnerKeys($datasetId: Bytes32!) { ownerKeys(datasetId: $datasetId) }`) as unknown as TypedDocumentString<OwnerKeysQuery, OwnerKeysQueryVariables>;
export const OwnItemsDocument = /*#__PURE__*/ new TypedDocumentString(`query OwnItems($datasetId: Bytes32!, $first: Int!, $after: String) { myContributions(datasetId: $datasetId, first: $first, after: $after) { edges { node { id datasetId contributorRef cid size floeHeader schemaHash consentHash metadata intake state } } pageInfo { hasNextPage endCursor } } }`) as unknown as TypedDocumentString<OwnItemsQuery, OwnItemsQueryVariables>;
export const WithdrawalReceiptsDocument = /*#__PURE__*/ new TypedDocumentString(`query WithdrawalReceipts($datasetId: Bytes32!) { withdrawalReceipts(datasetId: $datasetId) { ...ReceiptFields } } fragment ReceiptFields on SignedReceipt { subject kind evidenceHash issuedAt signer signature text }`) as unknown as TypedDocumentString<WithdrawalReceiptsQuery, WithdrawalReceiptsQueryVariables>;
export const WithdrawalNoticesDocument = /*#__PURE__*/ new TypedDocumentString(`query WithdrawalNotices($datasetId: Bytes32!, $after: ID) { withdrawalNotices(datasetId: $datasetId, after: $after) { id datasetId contributorRef contributionId reason at acknowledgedAt } }`) as unknown as TypedDocumentString<WithdrawalNoticesQuery, WithdrawalNoticesQueryVariables>;
export const WithdrawalAcknowledgeDocument = /*#__PURE__*/ new TypedDocumentString(`mutation WithdrawalAcknowledge($ids: [ID!]!) { withdrawalAcknowledge(ids: $ids) }`) as unknown as TypedDocumentString<WithdrawalAcknowledgeMutation, WithdrawalAcknowledgeMutationVariables>;
export const LabelingJobDocument = /*#__PURE__*/ new TypedDocumentString(`query LabelingJob($id: Bytes32!) { labelingJob(id: $id) { ...JobFields } } fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`) as unknown as TypedDocumentString<LabelingJobQuery, LabelingJobQueryVariables>;
export const LabelingJobsDocument = /*#__PURE__*/ new TypedDocumentString(`query LabelingJobs($datasetId: Bytes32, $state: JobState) { labelingJobs(datasetId: $datasetId, state: $state) { ...JobFields } } fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`) as unknown as TypedDocumentString<LabelingJobsQuery, LabelingJobsQueryVariables>;
export const QuizDocument = /*#__PURE__*/ new TypedDocumentString(`query Quiz($jobId: Bytes32!) { quiz(jobId: $jobId) { index mediaType contentBase64 } }`) as unknown as TypedDocumentString<QuizQuery, QuizQueryVariables>;
export const MyAssignmentsDocument = /*#__PURE__*/ new TypedDocumentString(`query MyAssignments($jobId: Bytes32) { myAssignments(jobId: $jobId) { ...AssignmentFields } } fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`) as unknown as TypedDocumentString<MyAssignmentsQuery, MyAssignmentsQueryVariables>;
export const EarningsDocument = /*#__PURE__*/ new TypedDocumentString(`query Earnings($jobId: Bytes32) { earnings(jobId: $jobId) { ...EarningsFields } } fragment AppealFields on Appeal { assignmentId jobId taskId text route state reason evidence refusedFor openedAt decideBy decidedAt } fragment EarningsFields on Earnings { jobId earned pending withdrawn withdrawable voucher { jobId labeler cumulative settledThrough signer signature } outcomes { assignmentId taskId jobId value verdict reason evidence pay submittedAt appealUntil appeal { ...AppealFields } } }`) as unknown as TypedDocumentString<EarningsQuery, EarningsQueryVariables>;
export const MyLicensesDocument = /*#__PURE__*/ new TypedDocumentString(`query MyLicenses { myLicenses { id licensee datasetId offerIndex slot purposes maxVersion expiry price txHash } }`) as unknown as TypedDocumentString<MyLicensesQuery, MyLicensesQueryVariables>;
export const ClaimsDocument = /*#__PURE__*/ new TypedDocumentString(`query Claims($account: Address!) { claims(account: $account) { datasetId version role account weight validUntil consentNonce index proof claimed due } }`) as unknown as TypedDocumentString<ClaimsQuery, ClaimsQueryVariables>;
export const SignInChallengeDocument = /*#__PURE__*/ new TypedDocumentString(`mutation SignInChallenge($account: Address!, $domain: String!, $uri: String!) { signInChallenge(account: $account, domain: $domain, uri: $uri) { message nonce expiresAt } }`) as unknown as TypedDocumentString<SignInChallengeMutation, SignInChallengeMutationVariables>;
export const SignInDocument = /*#__PURE__*/ new TypedDocumentString(`mutation SignIn($message: String!, $signature: Bytes!) { signIn(message: $message, signature: $signature) { __typename ... on Session { token account expiresAt } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignOutDocument = /*#__PURE__*/ new TypedDocumentString(`mutation SignOut { signOut }`) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const ContributionUploadBeginDocument = /*#__PURE__*/ new TypedDocumentString(`mutation ContributionUploadBegin($input: ContributionUploadBeginInput!) { contributionUploadBegin(input: $input) { __typename ... on UploadPlan { openIntake sources missing quotaBytesLeft } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<ContributionUploadBeginMutation, ContributionUploadBeginMutationVariables>;
export const ContributionCommitDocument = /*#__PURE__*/ new TypedDocumentString(`mutation ContributionCommit($input: ContributionCommitInput!) { contributionCommit(input: $input) { __typename ... on ContributionBatchCommitted { root replay contributions { ...ContributionFields } receipt { ...ReceiptFields } } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt } fragment ReceiptFields on SignedReceipt { subject kind evidenceHash issuedAt signer signature text }`) as unknown as TypedDocumentString<ContributionCommitMutation, ContributionCommitMutationVariables>;
export const ContributionWithdrawDocument = /*#__PURE__*/ new TypedDocumentString(`mutation ContributionWithdraw($input: ContributionWithdrawInput!) { contributionWithdraw(input: $input) { __typename ... on Contribution { ...ContributionFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt }`) as unknown as TypedDocumentString<ContributionWithdrawMutation, ContributionWithdrawMutationVariables>;
export const ConsentWithdrawDocument = /*#__PURE__*/ new TypedDocumentString(`mutation ConsentWithdraw($input: ConsentWithdrawInput!) { consentWithdraw(input: $input) { __typename ... on ConsentWithdrawal { contributorRef datasetId consentNonce txHash receipt { ...ReceiptFields } } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment ReceiptFields on SignedReceipt { subject kind evidenceHash issuedAt signer signature text }`) as unknown as TypedDocumentString<ConsentWithdrawMutation, ConsentWithdrawMutationVariables>;
export const IntakeCloseDocument = /*#__PURE__*/ new TypedDocumentString(`mutation IntakeClose($datasetId: Bytes32!) { intakeClose(datasetId: $datasetId) { __typename ... on IntakeClosed { datasetId closed open } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<IntakeCloseMutation, IntakeCloseMutationVariables>;
export const VersionPrepareDocument = /*#__PURE__*/ new TypedDocumentString(`mutation VersionPrepare($datasetId: Bytes32!) { versionPrepare(datasetId: $datasetId) { __typename ... on VersionDraft { number manifestCid capTableCid contributorRoot otherRoot parent included excluded { contributionId reason } } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<VersionPrepareMutation, VersionPrepareMutationVariables>;
export const LabelingJobCreateDocument = /*#__PURE__*/ new TypedDocumentString(`mutation LabelingJobCreate($input: LabelingJobCreateInput!) { labelingJobCreate(input: $input) { __typename ... on LabelingJob { ...JobFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`) as unknown as TypedDocumentString<LabelingJobCreateMutation, LabelingJobCreateMutationVariables>;
export const LabelingJobApproveDocument = /*#__PURE__*/ new TypedDocumentString(`mutation LabelingJobApprove($input: LabelingJobApproveInput!) { labelingJobApprove(input: $input) { __typename ... on LabelingJob { ...JobFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`) as unknown as TypedDocumentString<LabelingJobApproveMutation, LabelingJobApproveMutationVariables>;
export const LabelingJobCloseDocument = /*#__PURE__*/ new TypedDocumentString(`mutation LabelingJobClose($jobId: Bytes32!) { labelingJobClose(jobId: $jobId) { __typename ... on LabelingJob { ...JobFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`) as unknown as TypedDocumentString<LabelingJobCloseMutation, LabelingJobCloseMutationVariables>;
export const QuizSubmitDocument = /*#__PURE__*/ new TypedDocumentString(`mutation QuizSubmit($jobId: Bytes32!, $answers: [String!]!) { quizSubmit(jobId: $jobId, answers: $answers) { __typename ... on QuizResult { passed correct total reason pay } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<QuizSubmitMutation, QuizSubmitMutationVariables>;
export const AssignmentAcceptDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AssignmentAccept($jobId: Bytes32!) { assignmentAccept(jobId: $jobId) { __typename ... on Assignment { ...AssignmentFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`) as unknown as TypedDocumentString<AssignmentAcceptMutation, AssignmentAcceptMutationVariables>;
export const AdjudicationAcceptDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AdjudicationAccept($jobId: Bytes32!) { adjudicationAccept(jobId: $jobId) { __typename ... on Assignment { ...AssignmentFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`) as unknown as TypedDocumentString<AdjudicationAcceptMutation, AdjudicationAcceptMutationVariables>;
export const AdjudicatorAppointDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AdjudicatorAppoint($jobId: Bytes32!, $account: Address!) { adjudicatorAppoint(jobId: $jobId, account: $account) { __typename ... on LabelingJob { ...JobFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment JobFields on LabelingJob { id datasetId requester title instructions labels price budget paid reserved overlapMin overlapMax signer ruleHash state taskCount resolvedCount quizSize secondsPerTask measuredMs hourlyPay wageFloor wageReserve wageGranted adjudicationPrice adjudicators { account state } votesCid qualification }`) as unknown as TypedDocumentString<AdjudicatorAppointMutation, AdjudicatorAppointMutationVariables>;
export const AppealOpenDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AppealOpen($assignmentId: ID!, $text: String!) { appealOpen(assignmentId: $assignmentId, text: $text) { __typename ... on Appeal { ...AppealFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment AppealFields on Appeal { assignmentId jobId taskId text route state reason evidence refusedFor openedAt decideBy decidedAt }`) as unknown as TypedDocumentString<AppealOpenMutation, AppealOpenMutationVariables>;
export const AssignmentExtendDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AssignmentExtend($id: ID!) { assignmentExtend(id: $id) { __typename ... on Assignment { ...AssignmentFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`) as unknown as TypedDocumentString<AssignmentExtendMutation, AssignmentExtendMutationVariables>;
export const AssignmentSkipDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AssignmentSkip($id: ID!) { assignmentSkip(id: $id) { __typename ... on Assignment { ...AssignmentFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`) as unknown as TypedDocumentString<AssignmentSkipMutation, AssignmentSkipMutationVariables>;
export const AssignmentReportDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AssignmentReport($id: ID!, $reason: String!) { assignmentReport(id: $id, reason: $reason) { __typename ... on Assignment { ...AssignmentFields } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details } fragment AssignmentFields on Assignment { id jobId contributionId datasetId contributorRef schemaHash cid size floeHeader mediaType labels adjudication labelWrappedDek sealedKey sealedKeySignature sealedKeySigner packId state lease { jobId labeler taskId price ruleHash deadline autoApproveAt signer signature } }`) as unknown as TypedDocumentString<AssignmentReportMutation, AssignmentReportMutationVariables>;
export const AnnotationSubmitDocument = /*#__PURE__*/ new TypedDocumentString(`mutation AnnotationSubmit($input: AnnotationSubmitInput!) { annotationSubmit(input: $input) { __typename ... on AnnotationReceived { assignmentId leaseHash commitment receivedAt signer signature } ... on Refused { ...Refusal } } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<AnnotationSubmitMutation, AnnotationSubmitMutationVariables>;
export const ConsentExtendDocument = /*#__PURE__*/ new TypedDocumentString(`mutation ConsentExtend($input: ConsentExtendInput!) { consentExtend(input: $input) { __typename ... on ConsentExtended { consentHash extended } ...Refusal } } fragment Refusal on Refused { code message details }`) as unknown as TypedDocumentString<ConsentExtendMutation, ConsentExtendMutationVariables>;
export const LateContributionsDocument = /*#__PURE__*/ new TypedDocumentString(`query LateContributions($datasetId: Bytes32!) { lateContributions(datasetId: $datasetId) { openIntake batches { root count salt consentHash signature grant { contributorRef datasetId signer validUntil grantNonce signature } terms { contributorRef datasetId purposes validUntil minPrice termsHash consentNonce sources signature } items { wrappedDek contribution { ...ContributionFields schemaHash floeHeader consentHash metadata } } } } } fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt }`) as unknown as TypedDocumentString<LateContributionsQuery, LateContributionsQueryVariables>;
export const ContributionRewrapDocument = /*#__PURE__*/ new TypedDocumentString(`mutation ContributionRewrap($input: ContributionRewrapInput!) { contributionRewrap(input: $input) { __typename ... on ContributionBatchCommitted { root contributions { ...ContributionFields } receipt { ...ReceiptFields } } ...Refusal } } fragment Refusal on Refused { code message details } fragment ContributionFields on Contribution { id datasetId contributorRef cid size intake state reason batchRoot index proof anchorTx anchoredAt version committedAt } fragment ReceiptFields on SignedReceipt { subject kind evidenceHash issuedAt signer signature text }`) as unknown as TypedDocumentString<ContributionRewrapMutation, ContributionRewrapMutationVariables>;