import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import { AssignmentReportDocument, AssignmentSkipDocument } from '../graphql/generated.ts';
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
