import type { ClientContext } from '../context.ts';
import { type AllodError, isAllodError } from '../errors/base.ts';
import { keepWithdrawalReceipts, loadReceipts, type SignedReceipt } from '../identity/receipts.ts';
import { type ContributionReceipt, loadContributionReceipt } from '../upload/contributionReceipts.ts';

/**
 * The operator's signed receipts of a dataset that this device holds: commits, withdrawals, shredded keys. What the API owes since the
 * last time is fetched first, where it can be reached.
 *
 * @throws `STORE_DAMAGED` when the device's store does not open
 * @example
 * const receipts = await client.getReceipts({ datasetId });
 */
export async function getReceipts(
  client: ClientContext,
  { datasetId }: { datasetId: string },
): Promise<SignedReceipt[]> {
  await keepWithdrawalReceipts(client, datasetId).catch((error: unknown) => {
    if (!isAllodError(error) || error.code === 'UNTRUSTED_ANSWER') throw error;
  });
  return loadReceipts(client, datasetId);
}

export interface GetContributionReceiptParameters {
  datasetId: string;
  contributionId: string;
}

export type GetContributionReceiptErrorType = AllodError;

/**
 * What this device keeps of one contribution: the signed record, its wrapped key, and the proof that it is in its batch. Needs no
 * API and no network. Null when another device committed it.
 *
 * @throws `UNTRUSTED_ANSWER` when what is stored does not prove its own root; `STORE_DAMAGED`
 * @example
 * const receipt = await client.getContributionReceipt({ datasetId, contributionId });
 * console.log(receipt?.batch.root, receipt?.index, receipt?.proof);
 */
export async function getContributionReceipt(
  client: ClientContext,
  { datasetId, contributionId }: GetContributionReceiptParameters,
): Promise<ContributionReceipt | null> {
  return (await loadContributionReceipt(client, datasetId, contributionId)) ?? null;
}
