import type { ClientContext } from '../context.ts';
import { TransportError } from '../errors/api.ts';
import { flushReadings, datasetsWithReadings } from '../queue/readings.ts';
import type { CommittedBatch } from '../upload/committedBatch.ts';
import { spoolIn } from '../upload/batch.ts';
import { consentedDatasets } from '../identity/consents.ts';
import type { RewrappedBatch } from '../upload/moveLate.ts';
import { rewrapLate } from '../upload/rewrapLate.ts';
import { sendOnce } from '../upload/sendOnce.ts';

export interface ResumeParameters {
  /** Send batches again that the API refused before, for example for lack of quota. Default false. */
  includeRefused?: boolean;
}

export interface ResumeReturnType {
  committed: CommittedBatch[];
  /** Batches that are still queued, with what stands in the way. */
  waiting: { batchId: string; datasetId: string; error: unknown }[];
  /** Items that were validated too late for the version of their intake, and are in the open one now. */
  rewrapped: RewrappedBatch[];
  /** Datasets whose late items could not be asked for or moved; the next call tries again. */
  rewrapFailures: { datasetId: string; error: unknown }[];
}

/** {@link resume} itself never rejects for a batch; it rejects when the device's store cannot be read. */
export type ResumeErrorType = Error;

/**
 * Finishes what a crash, a closed tab or a lost network left: collected readings become batches, and batches are sent, oldest first.
 * Items that missed their version are moved into the open intake, without anybody's doing.
 * Sends the ciphertext that was queued: nothing is encrypted again, nothing is committed twice. Call it at start and when the
 * network returns, or let `startUploads()` do so.
 *
 * @throws `STORE_DAMAGED` when the device's store does not open
 * @example
 * const { committed, waiting } = await client.resume();
 */
export async function resume(client: ClientContext, parameters: ResumeParameters = {}): Promise<ResumeReturnType> {
  const { resumeStore, clock } = client.platform;
  const spool = spoolIn(resumeStore);
  await spool.sweep(clock.now());
  for (const datasetId of await datasetsWithReadings(client)) {
    // What stands in the way was told as a `queue` event; the readings stay collected.
    await flushReadings(client, datasetId).catch(() => []);
  }
  const result: ResumeReturnType = { committed: [], waiting: [], rewrapped: [], rewrapFailures: [] };
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
  const isOutOfReach = result.waiting.some(({ error }) => error instanceof TransportError);
  for (const datasetId of isOutOfReach ? [] : await consentedDatasets(client)) {
    try {
      result.rewrapped.push(...(await rewrapLate(client, datasetId)));
    } catch (error) {
      result.rewrapFailures.push({ datasetId, error });
    }
  }
  return result;
}
