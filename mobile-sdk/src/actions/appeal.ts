import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import { AdjudicatorAppointDocument, type AppealFieldsFragment, AppealOpenDocument } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import type { LabelingJob } from './getJobs.ts';

export type Appeal = AppealFieldsFragment;
export type AppealErrorType = SignerMissingError | RefusedError | TransportError;

/**
 * Objects to the refusal of one annotation of the wallet, in 1 to 1,000 characters. Two more labelers are asked, or an
 * adjudicator decides without seeing the votes; without an answer by `decideBy` (Unix milliseconds as ISO text) the labeler
 * is right. Once per annotation: the same call again gives the appeal that is there.
 *
 * @throws RefusedError (`JOB_STATE` when it is not refused or its time is over, `RATE_LIMITED`, `FORBIDDEN`, `BAD_INPUT`)
 * @example
 * const { state, route, decideBy } = await client.appealVerdict({ assignmentId, text: 'The bar is a 7, not a 1' });
 */
export async function appealVerdict(client: ClientContext, p: { assignmentId: string; text: string }): Promise<Appeal> {
  const { appealOpen } = await execute(client, AppealOpenDocument, { ...p }, await walletOf(client));
  const { __typename: _, ...appeal } = accepted(appealOpen);
  return appeal;
}

/**
 * Names an adjudicator of a job: by the requester's wallet a proposal, by the curator's its approval.
 *
 * @throws RefusedError (`FORBIDDEN`, `NOT_FOUND` when the requester has not proposed the account, `JOB_STATE`)
 * @example
 * await requester.appointAdjudicator({ jobId, account });
 * await curator.appointAdjudicator({ jobId, account });
 */
export async function appointAdjudicator(
  client: ClientContext,
  p: { jobId: string; account: string },
): Promise<LabelingJob> {
  const { adjudicatorAppoint } = await execute(client, AdjudicatorAppointDocument, { ...p }, await walletOf(client));
  const { __typename: _, ...job } = accepted(adjudicatorAppoint);
  return job;
}
