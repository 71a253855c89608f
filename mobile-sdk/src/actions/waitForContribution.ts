import type { ClientContext } from '../context.ts';
import type { ApiError, TimeoutError, TransportError } from '../errors/api.ts';
import type { ContributionState } from '../graphql/generated.ts';
import { poll, type PollOptions } from '../poll.ts';
import { type Contribution, getContribution } from './getContribution.ts';

export interface WaitForContributionParameters extends PollOptions {
  contributionId: string;
  datasetId: string;
  /** Wait for this state or any later one. Default `ANCHORED`. */
  state?: 'ANCHORED' | 'VALIDATED' | 'IN_VERSION';
}

export type WaitForContributionReturnType = Contribution;
export type WaitForContributionErrorType = TimeoutError | ApiError | TransportError;

const ORDER: readonly ContributionState[] = ['COMMITTED', 'ANCHORED', 'VALIDATED', 'IN_VERSION'];
const ENDS: readonly ContributionState[] = ['REJECTED', 'WITHDRAWN', 'CONTESTED'];

/**
 * Waits until a contribution reaches a state, and tells each change as a `contribution` event. A contribution that ended
 * otherwise (REJECTED, WITHDRAWN, CONTESTED) is returned too: look at `state` and `reason`.
 *
 * @throws `TIMEOUT`
 * @example
 * const { anchorTx, proof } = await client.waitForContribution({ contributionId, datasetId, timeout: 120_000 });
 */
export async function waitForContribution(
  client: ClientContext,
  parameters: WaitForContributionParameters,
): Promise<WaitForContributionReturnType> {
  const { contributionId, datasetId, state = 'ANCHORED' } = parameters;
  let last: string | undefined;
  const look = async (): Promise<Contribution | undefined> => {
    const contribution = await getContribution(client, { contributionId, datasetId });
    if (!contribution) return undefined;
    if (contribution.state !== last) {
      last = contribution.state;
      client.events.emit('contribution', { contributionId, datasetId, state: last, reason: contribution.reason });
    }
    const reached = ORDER.indexOf(contribution.state) >= ORDER.indexOf(state);
    return reached || ENDS.includes(contribution.state) ? contribution : undefined;
  };
  return poll(client.platform.clock, `state ${state} of the contribution`, look, parameters);
}
