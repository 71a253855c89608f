import { jobId as deriveJobId, signStruct, toBase64 } from '@allod/protocol';
import { hexlify } from 'ethers';
import { contractAt } from '../chain/contracts.ts';
import { ensureAllowance } from '../chain/token.ts';
import { readChain, transact } from '../chain/transact.ts';
import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { type RefusedError, type TimeoutError, type TransportError, UntrustedAnswerError } from '../errors/api.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import {
  LabelingJobApproveDocument,
  LabelingJobCloseDocument,
  LabelingJobCreateDocument,
} from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { poll } from '../poll.ts';
import { getJob, type LabelingJob } from './getJobs.ts';
import { randomBytes } from '../random.ts';

/** Time that an approval stays good, in seconds. */
const APPROVAL_TIME = 24 * 3600;

export interface CreateJobParameters {
  datasetId: string;
  title: string;
  /** Markdown shown to labelers. */
  instructions: string;
  /** The closed set of answers. */
  labels: readonly string[];
  /** Token base units per paid annotation. */
  price: bigint;
  /** Token base units for the whole job. */
  budget: bigint;
  /** Most that may be paid per day, token base units. */
  dailyCap: bigint;
  /** Part of the budget for paid quizzes, token base units. */
  quizBudget: bigint;
  /** Annotations per task: at least and at most. */
  overlapMin: number;
  overlapMax: number;
  secondsPerTask: number;
  /** Pay of one blind decision, token base units; three prices when not given. */
  adjudicationPrice?: bigint;
  /** Share of leases that are for items with a known answer, basis points; 500 when not given. */
  hiddenGoldBps?: number;
  /**
   * Verdicts wait until their labeler has given so many labels in the job, or nothing is left to label, or the time for a
   * verdict is over; 40 when not given, 0 waits for nobody.
   */
  holdLabels?: number;
  /** An answer given faster, in milliseconds, does not close a task; a twentieth of the task's time when not given. */
  tooFastMs?: number;
  /** Least pay per hour at the measured pace, and the part of the budget that makes up for it; token base units. */
  wageFloor?: bigint;
  wageReserve?: bigint;
  /** The requester's own public items with known answers; never contributions. */
  quiz: readonly { bytes: Uint8Array; mediaType: string; answer: string }[];
  salt?: string;
}

/** A job before it is funded, with what `fundJob` needs. */
export interface DraftJob {
  job: LabelingJob;
  salt: string;
  budget: bigint;
  dailyCap: bigint;
  quizBudget: bigint;
}

export interface JobApproval {
  jobId: string;
  /** Unix seconds. */
  deadline: number;
  signature: string;
}

export interface FundJobReturnType {
  jobId: string;
  txHash: string;
  gasUsed: bigint;
}

export type JobErrorType =
  | SignerMissingError
  | RefusedError
  | TransportError
  | UntrustedAnswerError
  | ContractRefusedError
  | ChainError
  | TimeoutError;

/**
 * Drafts a labeling job with the wallet as requester. Nothing is paid yet: the curator approves it (`approveJob`), then the
 * requester funds it (`fundJob`).
 *
 * @throws RefusedError (`UNKNOWN_DATASET`, `BAD_INPUT`)
 * @example
 * const draft = await requester.createJob({ ...texts, datasetId, labels, price, budget, dailyCap, quizBudget, quiz });
 * const approval = await curator.approveJob({ jobId: draft.job.id });
 * await requester.fundJob({ draft, approval });
 */
export async function createJob(client: ClientContext, parameters: CreateJobParameters): Promise<DraftJob> {
  const requester = await walletOf(client);
  const { salt = hexlify(randomBytes(32)), price, budget, dailyCap, quizBudget, quiz, labels, ...given } = parameters;
  const { adjudicationPrice, wageFloor, wageReserve, ...rest } = given;
  const input = {
    ...rest,
    salt,
    labels: [...labels],
    adjudicationPrice: adjudicationPrice?.toString() ?? null,
    wageFloor: wageFloor?.toString() ?? null,
    wageReserve: wageReserve?.toString() ?? null,
    price: price.toString(),
    budget: budget.toString(),
    dailyCap: dailyCap.toString(),
    quizBudget: quizBudget.toString(),
    quiz: quiz.map((item) => ({ mediaType: item.mediaType, contentBase64: toBase64(item.bytes), answer: item.answer })),
  };
  const { labelingJobCreate } = await execute(client, LabelingJobCreateDocument, { input }, requester);
  const { __typename: _, ...job } = accepted(labelingJobCreate);
  const { chainId, contracts } = client.chain;
  const expected = deriveJobId({
    chainId,
    labelEscrow: contracts.LabelEscrow,
    datasetId: parameters.datasetId,
    requester: requester.address,
    salt,
  });
  if (job.id !== expected)
    throw new UntrustedAnswerError('the API gave another job id than the protocol derives', {
      jobId: job.id,
      expected,
    });
  return { job, salt, budget, dailyCap, quizBudget };
}

/**
 * The curator's word that a job may run on the dataset: signed, handed to the API, and returned for the requester.
 *
 * @throws RefusedError (`NOT_CURATOR`, `JOB_STATE`)
 * @example
 * const approval = await curator.approveJob({ jobId });
 */
export async function approveJob(client: ClientContext, p: { jobId: string; deadline?: number }): Promise<JobApproval> {
  const curator = await walletOf(client);
  const job = await getJob(client, { jobId: p.jobId });
  if (!job) throw new UntrustedAnswerError('the API does not know this job', { jobId: p.jobId });
  const { chainId, contracts } = client.chain;
  const deadline = p.deadline ?? Math.floor(client.platform.clock.now() / 1000) + APPROVAL_TIME;
  const approval = { jobId: job.id, datasetId: job.datasetId, requester: job.requester, deadline };
  const signature = await signStruct(curator.signer, 'JobApproval', approval, chainId, contracts);
  const { labelingJobApprove } = await execute(
    client,
    LabelingJobApproveDocument,
    { input: { jobId: job.id, deadline, signature } },
    curator,
  );
  accepted(labelingJobApprove);
  return { jobId: job.id, deadline, signature };
}

/**
 * Pays the budget into LabelEscrow, which opens the job. Sends an approval of the token first when one is needed.
 *
 * @throws the contract's error name, for example `LabelEscrowBadSignature`; `TIMEOUT` when the API does not see it open
 * @example
 * await requester.fundJob({ draft, approval });
 */
export async function fundJob(
  client: ClientContext,
  p: { draft: DraftJob; approval: JobApproval; waitForApi?: boolean },
): Promise<FundJobReturnType> {
  const { job, salt, budget, dailyCap, quizBudget } = p.draft;
  const requester = await walletOf(client);
  const escrow = contractAt(client.chain, 'LabelEscrow', requester.signer);
  const token = await readChain<string>(() => escrow.getFunction('token')());
  await ensureAllowance(client, requester, token, client.chain.contracts.LabelEscrow, budget);
  const params = {
    datasetId: job.datasetId,
    salt,
    budget,
    dailyCap,
    quizBudget,
    signer: job.signer,
    ruleHash: job.ruleHash,
  };
  const { txHash, gasUsed } = await transact(escrow, 'createJob', params, p.approval.deadline, p.approval.signature);
  if (p.waitForApi !== false) {
    const open = async (): Promise<true | undefined> =>
      (await getJob(client, { jobId: job.id }))?.state === 'OPEN' ? true : undefined;
    await poll(client.platform.clock, 'the job at the API', open);
  }
  return { jobId: job.id, txHash, gasUsed };
}

/**
 * Ends a job of the wallet: no new assignments; what is submitted is still judged and paid.
 *
 * @throws RefusedError (`JOB_STATE`, `FORBIDDEN`)
 * @example
 * await requester.closeJob({ jobId });
 */
export async function closeJob(client: ClientContext, { jobId }: { jobId: string }): Promise<LabelingJob> {
  const { labelingJobClose } = await execute(client, LabelingJobCloseDocument, { jobId }, await walletOf(client));
  const { __typename: _, ...job } = accepted(labelingJobClose);
  return job;
}
