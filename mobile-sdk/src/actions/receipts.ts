import type { ClientContext } from '../context.ts';
import { loadReceipts, type SignedReceipt } from '../identity/receipts.ts';

/**
 * The operator's signed receipts of a dataset that this device holds: commits, withdrawals.
 *
 * @example
 * const receipts = await client.getReceipts({ datasetId });
 */
export async function getReceipts(
  client: ClientContext,
  { datasetId }: { datasetId: string },
): Promise<SignedReceipt[]> {
  return loadReceipts(client, datasetId);
}
