import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import type { BlockUnavailableError, ContentError } from '../errors/content.ts';
import { openAssignmentItem } from '../content/openAssignment.ts';
import {
  AdjudicationAcceptDocument,
  AssignmentAcceptDocument,
  type AssignmentFieldsFragment,
  MyAssignmentsDocument,
} from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { checkLease } from '../identity/leases.ts';
import { getEscrow } from './getEscrow.ts';

export type Assignment = AssignmentFieldsFragment;

/** A leased task with its decrypted item, in memory only. */
export interface OpenAssignment {
  assignment: Assignment;
  bytes: Uint8Array;
  mediaType: string;
}

export type AcceptAssignmentErrorType =
  | SignerMissingError
  | RefusedError
  | TransportError
  | UntrustedAnswerError
  | BlockUnavailableError
  | ContentError
  | AllodError;

/**
 * Leases the next task of a job to the wallet and decrypts it. The lease is checked against the escrow on chain before
 * anything is opened. Whatever goes wrong after the lease, the error's `details.assignmentId` names what to skip or report.
 *
 * @throws RefusedError (`NO_TASK`, `NOT_QUALIFIED`, `JOB_STATE`, `ESCROW_EXHAUSTED`); `UNTRUSTED_ANSWER`;
 *   the keepers' `NOT_AUTHORIZED` or `UNAVAILABLE`; `BLOCK_UNAVAILABLE`; `DOES_NOT_OPEN`
 * @example
 * const { assignment, bytes } = await client.acceptAssignment({ jobId });
 */
export async function acceptAssignment(client: ClientContext, { jobId }: { jobId: string }): Promise<OpenAssignment> {
  const { assignmentAccept } = await execute(client, AssignmentAcceptDocument, { jobId }, await walletOf(client));
  return openAssignment(client, { assignment: accepted(assignmentAccept) });
}

/**
 * Leases the next item that waits for a blind decision to the wallet, an adjudicator of the job, and decrypts it. It is
 * answered with `submitAnnotation` like any other assignment, at the job's `adjudicationPrice`.
 *
 * @throws RefusedError (`NO_TASK`, `FORBIDDEN` when the wallet is no adjudicator, `JOB_STATE`); else as `acceptAssignment`
 * @example
 * const { assignment, bytes } = await client.acceptAdjudication({ jobId });
 */
export async function acceptAdjudication(client: ClientContext, { jobId }: { jobId: string }): Promise<OpenAssignment> {
  const { adjudicationAccept } = await execute(client, AdjudicationAcceptDocument, { jobId }, await walletOf(client));
  return openAssignment(client, { assignment: accepted(adjudicationAccept) });
}

/**
 * Decrypts an assignment that was accepted before, for example after a reload.
 *
 * @example
 * const [assignment] = await client.getAssignments({ jobId });
 * const { bytes } = await client.openAssignment({ assignment });
 */
export async function openAssignment(
  client: ClientContext,
  { assignment }: { assignment: Assignment },
): Promise<OpenAssignment> {
  try {
    const labeler = await walletOf(client);
    const { signer, ruleHash } = await getEscrow(client, { jobId: assignment.jobId });
    checkLease(client, assignment, { labeler: labeler.address, signer, ruleHash });
    return {
      assignment,
      bytes: await openAssignmentItem(client, labeler, assignment),
      mediaType: assignment.mediaType,
    };
  } catch (error) {
    if (!(error instanceof AllodError)) throw error;
    const details = { ...(error.details as object | undefined), assignmentId: assignment.id };
    throw new AllodError(error.code, error.shortMessage, { details, cause: error });
  }
}

/**
 * The wallet's assignments, newest first, in every state.
 *
 * @example
 * const open = (await client.getAssignments({ jobId })).filter(({ state }) => state === 'LEASED');
 */
export async function getAssignments(client: ClientContext, p: { jobId?: string } = {}): Promise<Assignment[]> {
  return (await execute(client, MyAssignmentsDocument, { jobId: p.jobId ?? null }, await walletOf(client)))
    .myAssignments;
}
