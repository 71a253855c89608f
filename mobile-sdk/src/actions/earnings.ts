import { contractAt } from '../chain/contracts.ts';
import { readChain, transact } from '../chain/transact.ts';
import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { type ApiError, type TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import { type EarningsFieldsFragment, EarningsDocument } from '../graphql/generated.ts';
import { isSignedBy } from '../identity/leases.ts';
import { getEscrow } from './getEscrow.ts';

export type Earnings = EarningsFieldsFragment;
export type GetEarningsErrorType = SignerMissingError | ApiError | TransportError;

export interface WithdrawEarningsReturnType {
  txHash: string;
  /** Token base units that this withdrawal paid. */
  amount: bigint;
  /** All that the job ever paid to this labeler. */
  cumulative: bigint;
  gasUsed: bigint;
}

export type WithdrawEarningsErrorType =
  SignerMissingError | UntrustedAnswerError | ChainError | ContractRefusedError | AllodError;

/**
 * What the wallet earned, per job, with the verdict and reason of each annotation. Money in token base units.
 *
 * @example
 * const [earnings] = await client.getEarnings({ jobId });
 */
export async function getEarnings(client: ClientContext, p: { jobId?: string } = {}): Promise<Earnings[]> {
  return (await execute(client, EarningsDocument, { jobId: p.jobId ?? null }, await walletOf(client))).earnings;
}

/**
 * Withdraws what a job's newest voucher allows, after checking its signature against the signer that the escrow names.
 *
 * @throws `NOTHING_DUE`; `UNTRUSTED_ANSWER` for a voucher of somebody else; the contract's error name, for example
 *   `LabelEscrowDailyCapReached`
 * @example
 * const { amount, txHash } = await client.withdrawEarnings({ jobId });
 */
export async function withdrawEarnings(
  client: ClientContext,
  { jobId }: { jobId: string },
): Promise<WithdrawEarningsReturnType> {
  const labeler = await walletOf(client);
  const escrow = contractAt(client.chain, 'LabelEscrow', labeler.signer);
  const [[earnings], job, paid] = await Promise.all([
    getEarnings(client, { jobId }),
    getEscrow(client, { jobId }),
    readChain<bigint>(() => contractAt(client.chain, 'LabelEscrow').getFunction('paidOf')(jobId, labeler.address)),
  ]);
  const offered = earnings?.voucher;
  if (!offered || BigInt(offered.cumulative) <= paid)
    throw new AllodError('NOTHING_DUE', 'there is nothing to withdraw', { details: { jobId, paid } });
  const voucher = {
    jobId,
    labeler: labeler.address,
    cumulative: BigInt(offered.cumulative),
    settledThrough: offered.settledThrough,
  };
  if (!isSignedBy(client, 'Voucher', voucher, offered.signature, job.signer)) {
    throw new UntrustedAnswerError('the voucher is not signed by the signer that the escrow names', {
      voucher: offered,
      signer: job.signer,
    });
  }
  const { txHash, gasUsed } = await transact(escrow, 'withdraw', voucher, offered.signature);
  return { txHash, gasUsed, amount: voucher.cumulative - paid, cumulative: voucher.cumulative };
}
