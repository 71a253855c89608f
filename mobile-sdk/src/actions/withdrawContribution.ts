import { ItemReason, signStruct } from '@allod/protocol';
import { type ClientContext, execute, refOf } from '../context.ts';
import type { SeedMissingError } from '../errors/account.ts';
import { isAllodError } from '../errors/base.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import { ContributionWithdrawDocument } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { keepWithdrawalReceipts, type SignedReceipt } from '../identity/receipts.ts';
import type { Contribution } from './getContribution.ts';

export interface WithdrawContributionParameters {
  datasetId: string;
  contributionId: string;
  /** One of `ItemReason`; default CONTRIBUTOR_REQUEST. */
  reason?: number;
}

export type WithdrawContributionReturnType = Contribution & {
  /** The operator's signed word on what was dropped and what cannot be undone; null when it could not be fetched, see `getReceipts`. */
  receipt: SignedReceipt | null;
};
export type WithdrawContributionErrorType = SeedMissingError | RefusedError | TransportError;

/**
 * Withdraws one item: its wrapped keys are dropped, the key files of published versions replaced, and it stays out of every later
 * version. Copies that were opened before cannot be recalled.
 *
 * @throws RefusedError (`NOT_FOUND`, `ITEM_WITHDRAWN`, `WRONG_SIGNATURE`)
 * @example
 * await client.withdrawContribution({ datasetId, contributionId });
 */
export async function withdrawContribution(
  client: ClientContext,
  parameters: WithdrawContributionParameters,
): Promise<WithdrawContributionReturnType> {
  const { datasetId, contributionId, reason = ItemReason.CONTRIBUTOR_REQUEST } = parameters;
  const ref = refOf(client, datasetId);
  const { chainId, contracts } = client.chain;
  const issuedAt = Math.floor(client.platform.clock.now() / 1000);
  const form = { contributorRef: ref.address, datasetId, contributionId, reason, issuedAt };
  const signature = await signStruct(ref.signer, 'ItemWithdrawal', form, chainId, contracts);
  const input = { contributionId, reason, issuedAt, signature };
  const { contributionWithdraw } = await execute(client, ContributionWithdrawDocument, { input }, ref);
  const contribution = accepted(contributionWithdraw);
  const receipts = await keepWithdrawalReceipts(client, datasetId).catch((error: unknown) => {
    if (isAllodError(error) && error.code !== 'UNTRUSTED_ANSWER') return [];
    throw error;
  });
  const isOurs = ({ subject }: SignedReceipt): boolean => subject.toLowerCase() === contributionId.toLowerCase();
  return { ...contribution, receipt: receipts.find(isOurs) ?? null };
}
