import { type ClientContext, execute, refOf } from '../context.ts';
import {
  type ContributionFieldsFragment,
  ContributionDocument,
  MyContributionsDocument,
} from '../graphql/generated.ts';
import type { ApiError, TransportError } from '../errors/api.ts';

export type Contribution = ContributionFieldsFragment;

export interface GetContributionParameters {
  contributionId: string;
  /** Ask as the contributorRef of this dataset; without it in public. */
  datasetId?: string;
}

export type GetContributionReturnType = Contribution | null;
export type GetContributionErrorType = ApiError | TransportError;

/**
 * One contribution with its state, reason and inclusion proof; null when the API knows none.
 *
 * @example
 * const contribution = await client.getContribution({ contributionId, datasetId });
 */
export async function getContribution(
  client: ClientContext,
  { contributionId, datasetId }: GetContributionParameters,
): Promise<GetContributionReturnType> {
  const as = datasetId === undefined ? undefined : refOf(client, datasetId);
  return (await execute(client, ContributionDocument, { id: contributionId }, as)).contribution;
}

/**
 * All contributions that this seed gave to a dataset, newest first.
 *
 * @example
 * for await (const contribution of client.getContributions({ datasetId })) console.log(contribution.state);
 */
export async function* getContributions(
  client: ClientContext,
  { datasetId }: { datasetId: string },
): AsyncGenerator<Contribution, void> {
  let after: string | null = null;
  do {
    const page: {
      myContributions: {
        edges: { node: Contribution }[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    } = await execute(client, MyContributionsDocument, { datasetId, first: 50, after }, refOf(client, datasetId));
    const { edges, pageInfo } = page.myContributions;
    for (const { node } of edges) yield node;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
}
