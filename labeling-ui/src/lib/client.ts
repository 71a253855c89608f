/**
 * The boundary between this app and the SDK: everything the screens ask for, in the words of the API's schema.
 * `sdk-client.ts` binds it to `@allod/sdk`; tests bind it to handlers in memory.
 */
export type Qualification = 'NONE' | 'PASSED' | 'QUALIFIED' | 'FAILED';
export type JobState = 'DRAFT' | 'APPROVED' | 'OPEN' | 'CLOSED';
export type Verdict = 'PENDING' | 'PAID' | 'REFUSED';

export interface LabelingJob {
  id: string;
  datasetId: string;
  requester: string;
  title: string;
  instructions: string;
  labels: string[];
  /** Per label, in base units. */
  price: string;
  budget: string;
  paid: string;
  reserved: string;
  overlapMin: number;
  overlapMax: number;
  /** Signs leases, receipts and vouchers of this job. */
  signer: string;
  ruleHash: string;
  state: JobState;
  taskCount: number;
  resolvedCount: number;
  quizSize: number;
  secondsPerTask: number;
  hourlyPay: string;
  /** Median time of one label as measured, null while too few have worked. */
  measuredMs: number | null;
  /** Per hour; 0 is none. */
  wageFloor: string;
  /** Pay of one blind decision. */
  adjudicationPrice: string;
  adjudicators: { account: string; state: 'PROPOSED' | 'ACTIVE' }[];
  qualification: Qualification | null;
}

export const isAdjudicator = (job: LabelingJob, account: string): boolean =>
  job.adjudicators.some((one) => one.state === 'ACTIVE' && one.account.toLowerCase() === account.toLowerCase());

/** What LabelEscrow itself says, read from the chain rather than from the API. */
export interface EscrowBalance {
  budget: string;
  paid: string;
  reserved: string;
  signer: string;
}

export interface QuizTask {
  index: number;
  mediaType: string;
  bytes: Uint8Array;
}

export interface QuizResult {
  passed: boolean;
  correct: number;
  total: number;
  reason: string;
  pay: string;
}

/** One task leased to this labeler. */
export interface LeasedAssignment {
  id: string;
  jobId: string;
  taskId: string;
  mediaType: string;
  labels: string[];
  price: string;
  signer: string;
  /** Unix seconds. */
  deadline: number;
  /** Unix seconds; an answer with no verdict by then counts as right. */
  autoApproveAt: number;
}

/** With its item, which was decrypted in this browser and stays in its memory. */
export interface OpenAssignment extends LeasedAssignment {
  bytes: Uint8Array;
}

export interface AnnotationReceipt {
  assignmentId: string;
  commitment: string;
  receivedAt: number;
  signer: string;
}

export interface AnnotationOutcome {
  assignmentId: string;
  taskId: string;
  jobId: string;
  value: string;
  verdict: Verdict;
  reason: string;
  evidence: unknown;
  pay: string;
  submittedAt: string;
  /** Until then the refusal can be appealed; null when it cannot. */
  appealUntil: string | null;
  appeal: Appeal | null;
}

export interface Appeal {
  state: 'OPEN' | 'UPHELD' | 'DENIED';
  route: 'MORE_LABELS' | 'ADJUDICATION';
  text: string;
  reason: string;
  evidence: unknown;
  decideBy: string;
}

export interface Earnings {
  jobId: string;
  earned: string;
  pending: string;
  withdrawn: string;
  withdrawable: string;
  outcomes: AnnotationOutcome[];
}

export interface WithdrawalRecord {
  jobId: string;
  amount: string;
  cumulative: string;
  txHash: string;
  blockNumber: number;
}

export interface LabelingClient {
  readonly account: string | null;
  signIn(): Promise<void>;
  signOut(): Promise<void>;
  listJobs(): Promise<LabelingJob[]>;
  getJob(jobId: string): Promise<LabelingJob | null>;
  getEscrow(jobId: string): Promise<EscrowBalance>;
  getQuiz(jobId: string): Promise<QuizTask[]>;
  submitQuiz(jobId: string, answers: string[]): Promise<QuizResult>;
  /** Leases that were accepted earlier and are still open, for example before a reload. */
  listLeased(jobId: string): Promise<LeasedAssignment[]>;
  openAssignment(assignmentId: string): Promise<OpenAssignment>;
  acceptAssignment(jobId: string): Promise<OpenAssignment>;
  /** Safe to repeat: the same assignment with the same value answers with the same receipt. */
  submitAnnotation(assignmentId: string, value: string): Promise<AnnotationReceipt>;
  skipAssignment(assignmentId: string): Promise<void>;
  reportAssignment(assignmentId: string, reason: string): Promise<void>;
  /** The next item that waits for a blind decision; answered like any other assignment. */
  acceptAdjudication(jobId: string): Promise<OpenAssignment>;
  /** Objects to a refusal, once. */
  appeal(assignmentId: string, text: string): Promise<Appeal>;
  getEarnings(): Promise<Earnings[]>;
  withdraw(jobId: string): Promise<{ txHash: string }>;
  listWithdrawals(): Promise<WithdrawalRecord[]>;
}

/** An answer that the caller must handle, with its stable code; anything else is a fault and may be tried again. */
export class RefusedError extends Error {
  override name = 'RefusedError';
  readonly code: string;
  readonly details: unknown;

  constructor(code: string, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export function isRefused(error: unknown, ...codes: string[]): error is RefusedError {
  return error instanceof RefusedError && (codes.length === 0 || codes.includes(error.code));
}
