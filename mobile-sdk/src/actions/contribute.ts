import type { ClientContext } from '../context.ts';
import type { ItemBytes } from '../crypto/itemSource.ts';
import type { AllodError } from '../errors/base.ts';
import type { ConsentMissingError, SeedMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import type { QueueFullError, StorageFullError, UploadDeferredError, UploadError } from '../errors/upload.ts';
import type { ContributionFieldsFragment } from '../graphql/generated.ts';
import type { SignedReceipt } from '../identity/receipts.ts';
import { queueBatch } from '../queue/queueBatch.ts';
import { sendOnce } from '../upload/sendOnce.ts';

export interface ContributeItem {
  /**
   * Plaintext; never leaves the device. A `Blob`, a file of the platform (`fileSource`) or a stream is read 1 MiB at a time:
   * an item may be larger than the memory.
   */
  bytes: ItemBytes;
  /** Media type of the plaintext, for example `image/png`. Public. */
  mediaType: string;
  /** Further public metadata: everyone can read it. */
  metadata?: Record<string, unknown>;
}

export interface ContributeParameters {
  datasetId: string;
  /** 1 to 1,000 items. */
  items: readonly ContributeItem[];
  /** `committed` (default) resolves when the API has stored the batch, `queued` as soon as it is safe on this device. */
  until?: 'queued' | 'committed';
}

export interface ContributeReturnType {
  batchId: string;
  contributionIds: string[];
  /** Null with `until: 'queued'`. */
  root: string | null;
  contributions: ContributionFieldsFragment[];
  receipt: SignedReceipt | null;
}

export type ContributeErrorType =
  | ConsentMissingError
  | SeedMissingError
  | QueueFullError
  | StorageFullError
  | UploadError
  | UploadDeferredError
  | RefusedError
  | TransportError
  | AllodError;

/**
 * Encrypts items on this device, queues them durably, uploads what the API misses and commits them as one signed batch.
 * Once the promise of the queue holds (`until: 'queued'`), a crash loses nothing: `resume()` goes on with the same bytes.
 *
 * @throws `CONSENT_MISSING` without `grantConsent` before; `QUEUE_FULL` by the queue's policy and `STORAGE_FULL` when the device
 *   has no room (nothing is kept); `SOURCE_CHANGED` when a file was written to meanwhile (nothing is kept);
 *   RefusedError with the API's code (`CONSENT_EXPIRED`, `QUOTA_EXCEEDED`, …): the batch stays queued;
 *   `TRANSPORT_FAILED` when the API stays out of reach, `WAITING_FOR_WIFI`, `WAITING_FOR_POWER`, `DATA_CAP_REACHED` by the upload
 *   policy: the batch stays queued
 * @example
 * const { contributions } = await client.contribute({
 *   datasetId,
 *   items: [{ bytes: new Blob(['22.5 °C']), mediaType: 'text/plain' }],
 * });
 * console.log(contributions[0].state); // COMMITTED
 */
export async function contribute(
  client: ClientContext,
  parameters: ContributeParameters,
): Promise<ContributeReturnType> {
  const batch = await queueBatch(client, parameters.datasetId, parameters.items);
  const contributionIds = batch.items.map((item) => item.contributionId);
  const sending = sendOnce(client, batch.id);
  if (parameters.until === 'queued') {
    sending.catch(() => undefined);
    return { batchId: batch.id, contributionIds, root: null, contributions: [], receipt: null };
  }
  const { root, contributions, receipt } = await sending;
  return { batchId: batch.id, contributionIds, root, contributions, receipt };
}
