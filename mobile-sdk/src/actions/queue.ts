import type { ClientContext } from '../context.ts';
import { bytesOf, spoolIn } from '../upload/batch.ts';

export interface QueuedBatchSummary {
  batchId: string;
  datasetId: string;
  items: number;
  contributionIds: string[];
  /** Encrypted bytes. */
  bytes: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  refusal: { code: string; message: string } | null;
}

/**
 * Batches that wait on this device, in the order in which they are sent.
 *
 * @example
 * for (const batch of await client.getQueue()) console.log(batch.batchId, batch.refusal?.code);
 */
export async function getQueue(client: ClientContext): Promise<QueuedBatchSummary[]> {
  const spool = spoolIn(client.platform.resumeStore);
  const batches = await Promise.all((await spool.ids()).map((id) => spool.load(id)));
  return batches
    .filter((batch) => batch !== undefined)
    .map((batch) => ({
      batchId: batch.id,
      datasetId: batch.datasetId,
      items: batch.items.length,
      contributionIds: batch.items.map((item) => item.contributionId),
      bytes: bytesOf(batch),
      createdAt: batch.createdAt,
      refusal: batch.refusal,
    }));
}

/**
 * Deletes a queued batch and its ciphertext from this device. What was committed stays committed.
 *
 * @example
 * await client.discardBatch({ batchId });
 */
export async function discardBatch(client: ClientContext, { batchId }: { batchId: string }): Promise<void> {
  await spoolIn(client.platform.resumeStore).remove(batchId);
}
