import { contractAt } from '../chain/contracts.ts';
import { eventArgs, transact } from '../chain/transact.ts';
import { type ClientContext, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import { annotationKey, type KeptAnnotation } from '../identity/annotations.ts';
import { leaseHash, leaseOf } from '../identity/leases.ts';
import { loadJson } from '../store.ts';
import type { Assignment } from './acceptAssignment.ts';

export interface ClaimLeaseReturnType {
  leaseHash: string;
  /** Token base units that the lease pays unless the signer rejects it in time. */
  price: bigint;
  /** Unix seconds from which `finalizeLease` pays. */
  payableAt: number;
  txHash: string;
  gasUsed: bigint;
}

export type ClaimLeaseErrorType = SignerMissingError | ContractRefusedError | ChainError | AllodError;

/**
 * Claims a lease from the escrow when the operator stays silent: the signed lease and the signed receipt of the commitment,
 * both kept on this device, are the evidence. The signer has the escrow's rejection window to say why not.
 *
 * @throws `NO_RECEIPT` when this device holds none; the contract's error name, for example `LabelEscrowTooEarly`
 * @example
 * const { payableAt } = await client.claimLease({ assignment });
 */
export async function claimLease(
  client: ClientContext,
  { assignment }: { assignment: Assignment },
): Promise<ClaimLeaseReturnType> {
  const labeler = await walletOf(client);
  const kept = await loadJson<KeptAnnotation>(
    client.platform.resumeStore,
    annotationKey(labeler.address, assignment.id),
  );
  if (!kept?.receipt) {
    const details = { assignmentId: assignment.id };
    throw new AllodError('NO_RECEIPT', 'this device holds no receipt for the assignment', { details });
  }
  const lease = leaseOf(assignment);
  const { commitment, receivedAt, signature } = kept.receipt;
  const receipt = { leaseHash: leaseHash(lease), commitment, receivedAt };
  const escrow = contractAt(client.chain, 'LabelEscrow', labeler.signer);
  const transaction = await transact(escrow, 'claimLease', lease, assignment.lease.signature, receipt, signature);
  const { payableAt } = eventArgs(escrow, transaction, 'LeaseClaimed');
  const { txHash, gasUsed } = transaction;
  return { leaseHash: receipt.leaseHash, price: lease.price, payableAt: Number(payableAt), txHash, gasUsed };
}

/**
 * Has the escrow pay a claimed lease whose rejection window is over. Anyone may send it.
 *
 * @throws the contract's error name, for example `LabelEscrowTooEarly`
 * @example
 * await client.finalizeLease({ leaseHash });
 */
export async function finalizeLease(
  client: ClientContext,
  p: { leaseHash: string },
): Promise<{ amount: bigint; txHash: string; gasUsed: bigint }> {
  const escrow = contractAt(client.chain, 'LabelEscrow', (await walletOf(client)).signer);
  const transaction = await transact(escrow, 'finalizeLease', p.leaseHash);
  const { amount } = eventArgs(escrow, transaction, 'LeaseFinalized');
  return { amount: BigInt(amount as bigint), txHash: transaction.txHash, gasUsed: transaction.gasUsed };
}
