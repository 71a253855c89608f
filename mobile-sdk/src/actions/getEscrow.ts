import { contractAt } from '../chain/contracts.ts';
import { readChain } from '../chain/transact.ts';
import type { ClientContext } from '../context.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError } from '../errors/chain.ts';

/** A job as the escrow itself says. Money in token base units, times in unix seconds (0 = not yet). */
export interface Escrow {
  datasetId: string;
  requester: string;
  /** Signs leases, receipts and vouchers. */
  signer: string;
  budget: bigint;
  dailyCap: bigint;
  quizBudget: bigint;
  reserved: bigint;
  paid: bigint;
  pending: bigint;
  refunded: bigint;
  createdAt: number;
  closedAt: number;
  ruleHash: string;
}

export type GetEscrowErrorType = ChainError | AllodError;

/**
 * What LabelEscrow holds for a job, read from the chain.
 *
 * @throws `NOT_FOUND` when the job is not funded
 * @example
 * const { budget, paid } = await client.getEscrow({ jobId });
 */
export async function getEscrow(client: ClientContext, { jobId }: { jobId: string }): Promise<Escrow> {
  const escrow = contractAt(client.chain, 'LabelEscrow');
  const job = await readChain(() => escrow.getFunction('getJob')(jobId)).catch((error: unknown) => {
    if (error instanceof AllodError && error.code === 'LabelEscrowUnknownJob') return undefined;
    throw error;
  });
  if (!job || BigInt(job.requester) === 0n)
    throw new AllodError('NOT_FOUND', 'the escrow knows no such job', { details: { jobId } });
  return {
    datasetId: job.datasetId,
    requester: job.requester,
    signer: job.signer,
    budget: job.budget,
    dailyCap: job.dailyCap,
    quizBudget: job.quizBudget,
    reserved: job.reserved,
    paid: job.paid,
    pending: job.pending,
    refunded: job.refunded,
    createdAt: Number(job.createdAt),
    closedAt: Number(job.closedAt),
    ruleHash: job.ruleHash,
  };
}
