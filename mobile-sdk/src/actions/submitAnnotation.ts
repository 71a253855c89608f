import { annotationCommitment, Code, jsonKeccak, signStruct } from '@allod/protocol';
import { hexlify } from 'ethers';
import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { RefusedError, type TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { AnnotationSubmitDocument } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { isSignedBy, leaseHash, leaseOf } from '../identity/leases.ts';
import { annotationKey, type CommitmentReceipt, type KeptAnnotation } from '../identity/annotations.ts';
import { loadJson, saveJson } from '../store.ts';
import { type Assignment, getAssignments } from './acceptAssignment.ts';
import { getEscrow } from './getEscrow.ts';
import { randomBytes } from '../random.ts';

export interface SubmitAnnotationParameters {
  /** The assignment, or its id (one more request). */
  assignment: Assignment | string;
  /** One of the job's labels. */
  value: string;
}

export type SubmitAnnotationReturnType = CommitmentReceipt;
export type SubmitAnnotationErrorType = SignerMissingError | RefusedError | UntrustedAnswerError | TransportError;

/**
 * Submits the answer to a task. The salted commitment is kept on the device before it is sent, so that a repetition after a
 * crash sends the same and gets the same receipt; the receipt's signature is checked against the escrow's signer.
 *
 * @throws RefusedError (`LEASE_EXPIRED`, `UNKNOWN_LABEL`, `ALREADY_SUBMITTED` when another value was sent before);
 *   `UNTRUSTED_ANSWER` when the receipt is not the job signer's
 * @example
 * const receipt = await client.submitAnnotation({ assignment, value: '7' });
 */
export async function submitAnnotation(
  client: ClientContext,
  parameters: SubmitAnnotationParameters,
): Promise<SubmitAnnotationReturnType> {
  const labeler = await walletOf(client);
  const assignment = await assignmentOf(client, parameters.assignment);
  const { resumeStore } = client.platform;
  const key = annotationKey(labeler.address, assignment.id);
  const before = await loadJson<KeptAnnotation>(resumeStore, key);
  if (before?.receipt && before.value !== parameters.value) {
    throw new RefusedError(Code.ALREADY_SUBMITTED, 'this task was answered before', {
      details: { value: before.value },
    });
  }
  if (before?.receipt) return before.receipt;
  const kept = before?.value === parameters.value ? before : await commit();
  await saveJson(resumeStore, key, kept);
  const { salt, commitment, signature } = kept;
  const input = { assignmentId: assignment.id, value: parameters.value, salt, commitment, signature };
  const { annotationSubmit } = await execute(client, AnnotationSubmitDocument, { input }, labeler);
  const { __typename: _, ...receipt } = accepted(annotationSubmit);
  await checkReceipt(client, assignment, commitment, receipt);
  await saveJson(resumeStore, key, { ...kept, receipt });
  return receipt;

  async function commit(): Promise<KeptAnnotation> {
    const { jobId, taskId } = assignment.lease;
    const { chainId, contracts } = client.chain;
    const fresh = hexlify(randomBytes(32));
    const hash = annotationCommitment({
      jobId,
      taskId,
      labeler: labeler.address,
      valueHash: jsonKeccak(parameters.value),
      salt: fresh,
    });
    const annotation = { jobId, taskId, labeler: labeler.address, commitment: hash };
    const signed = await signStruct(labeler.signer, 'Annotation', annotation, chainId, contracts);
    return { value: parameters.value, salt: fresh, commitment: hash, signature: signed, receipt: null };
  }
}

async function assignmentOf(client: ClientContext, given: Assignment | string): Promise<Assignment> {
  if (typeof given !== 'string') return given;
  const found = (await getAssignments(client)).find(({ id }) => id === given);
  if (!found)
    throw new RefusedError(Code.NOT_FOUND, 'this wallet has no such assignment', { details: { assignmentId: given } });
  return found;
}

async function checkReceipt(
  client: ClientContext,
  assignment: Assignment,
  commitment: string,
  receipt: CommitmentReceipt,
): Promise<void> {
  const { signer } = await getEscrow(client, { jobId: assignment.jobId });
  const signed = { leaseHash: leaseHash(leaseOf(assignment)), commitment, receivedAt: receipt.receivedAt };
  const ok = receipt.commitment === commitment && receipt.leaseHash === signed.leaseHash;
  if (!ok || !isSignedBy(client, 'CommitmentReceipt', signed, receipt.signature, signer)) {
    throw new UntrustedAnswerError('the receipt is not signed by the signer that the escrow names', {
      receipt,
      signer,
    });
  }
}
