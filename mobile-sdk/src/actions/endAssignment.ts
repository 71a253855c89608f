import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import { AssignmentExtendDocument, AssignmentReportDocument, AssignmentSkipDocument } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import type { Assignment } from './acceptAssignment.ts';

export type EndAssignmentErrorType = SignerMissingError | RefusedError | TransportError;

/**
 * Gives a leased task back, without penalty.
 *
 * @throws RefusedError (`LEASE_EXPIRED`, `ALREADY_SUBMITTED`)
 * @example
 * await client.skipAssignment({ assignmentId });
 */
export async function skipAssignment(
  client: ClientContext,
  { assignmentId }: { assignmentId: string },
): Promise<Assignment> {
  const { assignmentSkip } = await execute(
    client,
    AssignmentSkipDocument,
    { id: assignmentId },
    await walletOf(client),
  );
  return accepted(assignmentSkip);
}

/**
 * Moves the deadline of a live lease by its first length, at most twice. The assignment comes back under a new signed lease.
 *
 * @throws RefusedError (`LEASE_EXPIRED` when it has ended or was extended twice)
 * @example
 * const { lease } = await client.extendAssignment({ assignmentId });
 */
export async function extendAssignment(
  client: ClientContext,
  { assignmentId }: { assignmentId: string },
): Promise<Assignment> {
  const variables = { id: assignmentId };
  const { assignmentExtend } = await execute(client, AssignmentExtendDocument, variables, await walletOf(client));
  return accepted(assignmentExtend);
}

/**
 * Gives a leased task back and says what is wrong with the item: it does not open, is abusive, is something else.
 *
 * @example
 * await client.reportAssignment({ assignmentId, reason: 'DOES_NOT_OPEN' });
 */
export async function reportAssignment(
  client: ClientContext,
  p: { assignmentId: string; reason: string },
): Promise<Assignment> {
  const variables = { id: p.assignmentId, reason: p.reason };
  const { assignmentReport } = await execute(client, AssignmentReportDocument, variables, await walletOf(client));
  return accepted(assignmentReport);
}
