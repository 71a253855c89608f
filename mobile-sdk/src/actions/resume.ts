import type { ClientContext } from '../context.ts';
import type { CommittedBatch } from '../upload/committedBatch.ts';
import { Spool } from '../upload/batch.ts';
import { sendOnce } from '../upload/sendOnce.ts';

export interface ResumeParameters {
  /** Send batches again that the API refused before, for example for lack of quota. Default false. */
  includeRefused?: boolean;
}

export interface ResumeReturnType {
  committed: CommittedBatch[];
  /** Batches that are still queued, with what stands in the way. */
  waiting: { batchId: string; datasetId: string; error: unknown }[];
}

/** {@link resume} itself never rejects for a batch; it rejects when the device's store cannot be read. */
export type ResumeErrorType = Error;

/**
 * Finishes batches that a crash, a closed tab or a lost network left in the queue. Sends the ciphertext that was queued: nothing
 * is encrypted again, nothing is committed twice. Call it at start and when the network returns.
 *
 * @example
 * const { committed, waiting } = await client.resume();
 */
export async function resume(client: ClientContext, parameters: ResumeParameters = {}): Promise<ResumeReturnType> {
  const { resumeStore, clock } = client.platform;
  const spool = new Spool(resumeStore);
  await spool.sweep(clock.now());
  const result: ResumeReturnType = { committed: [], waiting: [] };
  for (const batchId of await spool.ids()) {
    const batch = await spool.load(batchId);
    if (!batch) continue;
    if (batch.refusal && !parameters.includeRefused) {
      result.waiting.push({ batchId, datasetId: batch.datasetId, error: batch.refusal });
      continue;
    }
    try {
      result.committed.push(await sendOnce(client, batchId));
    } catch (error) {
      result.waiting.push({ batchId, datasetId: batch.datasetId, error });
    }
  }
  return result;
}
