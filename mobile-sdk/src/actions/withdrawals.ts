import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { ApiError, TransportError } from '../errors/api.ts';
import {
  WithdrawalAcknowledgeDocument,
  WithdrawalNoticesDocument,
  type WithdrawalNoticesQuery,
} from '../graphql/generated.ts';

/** Something that licensees of a dataset were told to stop using; `contributionId` is null for all of a contributor's items. */
export type WithdrawalNotice = WithdrawalNoticesQuery['withdrawalNotices'][number];

export type WithdrawalsErrorType = SignerMissingError | ApiError | TransportError;

/**
 * What contributors withdrew from a dataset, oldest first: a licensee stops using it. `openDataset` leaves it out by itself
 * (`ITEM_WITHDRAWN`), copies that were opened before are for you to delete.
 *
 * @example
 * for await (const notice of client.getWithdrawals({ datasetId })) await forget(notice.contributorRef, notice.contributionId);
 */
export async function* getWithdrawals(
  client: ClientContext,
  { datasetId, after: since }: { datasetId: string; after?: string },
): AsyncGenerator<WithdrawalNotice, void> {
  const as = client.signer ? await walletOf(client) : undefined;
  for (let after = since ?? null; ;) {
    const variables = { datasetId, after };
    const { withdrawalNotices }: WithdrawalNoticesQuery = await execute(
      client,
      WithdrawalNoticesDocument,
      variables,
      as,
    );
    yield* withdrawalNotices;
    const last = withdrawalNotices.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/**
 * Says, as the wallet's account, that what these notices name is no longer used. The API keeps who said so and when.
 *
 * @returns how many had not been acknowledged before
 * @example
 * await client.acknowledgeWithdrawals({ ids: notices.map(({ id }) => id) });
 */
export async function acknowledgeWithdrawals(client: ClientContext, { ids }: { ids: string[] }): Promise<number> {
  const { withdrawalAcknowledge } = await execute(
    client,
    WithdrawalAcknowledgeDocument,
    { ids },
    await walletOf(client),
  );
  return withdrawalAcknowledge;
}
