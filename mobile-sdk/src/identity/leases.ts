import { digestOf, hashStruct, type Hex, type Lease } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import type { ClientContext } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import type { AssignmentFieldsFragment } from '../graphql/generated.ts';

/** The lease of an assignment as it was signed. */
export function leaseOf(assignment: AssignmentFieldsFragment): Lease {
  const { jobId, labeler, taskId, price, ruleHash, deadline, autoApproveAt } = assignment.lease;
  return { jobId, labeler, taskId, price: BigInt(price), ruleHash, deadline, autoApproveAt };
}

/** EIP-712 hash of a lease: its name in the escrow. */
export function leaseHash(lease: Lease): Hex {
  return hashStruct('Lease', lease);
}

/** True when `signature` over a struct of the labeling domain is by `signer`. */
export function isSignedBy(
  client: ClientContext,
  struct: 'Lease' | 'CommitmentReceipt' | 'Voucher',
  value: object,
  signature: string,
  signer: string,
): boolean {
  const { chainId, contracts } = client.chain;
  try {
    return (
      recoverAddress(digestOf(struct, value, chainId, contracts), signature).toLowerCase() === signer.toLowerCase()
    );
  } catch {
    return false;
  }
}

/** Refuses a lease that the escrow would not honour. Throws {@link UntrustedAnswerError}. */
export function checkLease(
  client: ClientContext,
  assignment: AssignmentFieldsFragment,
  expected: { labeler: string; signer: string; ruleHash: string },
): Lease {
  const lease = leaseOf(assignment);
  const ok =
    lease.labeler.toLowerCase() === expected.labeler.toLowerCase() &&
    lease.jobId === assignment.jobId &&
    lease.ruleHash === expected.ruleHash &&
    isSignedBy(client, 'Lease', lease, assignment.lease.signature, expected.signer);
  if (!ok)
    throw new UntrustedAnswerError('the lease is not one that the escrow would pay', {
      lease: assignment.lease,
      expected,
    });
  return lease;
}
