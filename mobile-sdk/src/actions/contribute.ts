import { contributionId, jsonSha256, MAX_BATCH, toHex, topKek, wrapDek } from '@allod/protocol';
import { hexlify, randomBytes } from 'ethers';
import { type ClientContext, refOf } from '../context.ts';
import { sealItem } from '../crypto/sealItem.ts';
import { AllodError } from '../errors/base.ts';
import { StorageFullError } from '../errors/upload.ts';
import type { ConsentMissingError, SeedMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import type { UploadError } from '../errors/upload.ts';
import type { ContributionFieldsFragment } from '../graphql/generated.ts';
import { loadConsent } from '../identity/consents.ts';
import type { SignedReceipt } from '../identity/receipts.ts';
import { type QueuedBatch, type QueuedItem, Spool } from '../upload/batch.ts';
import { sendOnce } from '../upload/sendOnce.ts';

export interface ContributeItem {
  /** Plaintext; never leaves the device. */
  bytes: Uint8Array;
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
  ConsentMissingError | SeedMissingError | StorageFullError | UploadError | RefusedError | TransportError | AllodError;

/**
 * Encrypts items on this device, queues them durably, uploads what the API misses and commits them as one signed batch.
 * Once the promise of the queue holds (`until: 'queued'`), a crash loses nothing: `resume()` goes on with the same bytes.
 *
 * @throws `CONSENT_MISSING` without `grantConsent` before; `STORAGE_FULL` when the queue has no room (nothing is kept);
 *   RefusedError with the API's code (`CONSENT_EXPIRED`, `QUOTA_EXCEEDED`, …): the batch stays queued;
 *   `TRANSPORT_FAILED` when the API stays out of reach: the batch stays queued
 * @example
 * const { contributions } = await client.contribute({
 *   datasetId,
 *   items: [{ bytes: await file.bytes(), mediaType: 'image/png' }],
 * });
 */
export async function contribute(
  client: ClientContext,
  parameters: ContributeParameters,
): Promise<ContributeReturnType> {
  const batch = await queueBatch(client, parameters);
  const contributionIds = batch.items.map((item) => item.contributionId);
  const sending = sendOnce(client, batch.id);
  if (parameters.until === 'queued') {
    sending.catch(() => undefined);
    return { batchId: batch.id, contributionIds, root: null, contributions: [], receipt: null };
  }
  const { root, contributions, receipt } = await sending;
  return { batchId: batch.id, contributionIds, root, contributions, receipt };
}

async function queueBatch(client: ClientContext, { datasetId, items }: ContributeParameters): Promise<QueuedBatch> {
  if (items.length < 1 || items.length > MAX_BATCH)
    throw new AllodError('BAD_INPUT', `a batch holds 1 to ${MAX_BATCH} items`);
  const { platform, chain, events } = client;
  const ref = refOf(client, datasetId);
  const { consentHash, schemaHash } = await loadConsent(client, datasetId);
  const spool = new Spool(platform.resumeStore);
  const salt = hexlify(randomBytes(32));
  const id = salt.slice(2);
  const top = topKek(ref.refSeed, chain.chainId, datasetId, consentHash);
  await spool.begin(id, platform.clock.now());
  const queued: QueuedItem[] = [];
  try {
    for (const [index, item] of items.entries()) {
      const itemId = contributionId({ contributorRef: ref.address, datasetId, salt, index });
      const dek = randomBytes(32);
      const sealed = await sealItem(
        { plain: item.bytes, dek, contributionId: itemId, datasetId, schemaHash },
        (cid, bytes) => spool.putLeaf(id, cid, bytes),
      );
      const metadata = { ...item.metadata, mediaType: item.mediaType };
      queued.push({
        ...sealed,
        spoolDek: toHex(wrapDek(top, dek, itemId)),
        metadata,
        metadataHash: jsonSha256(metadata),
      });
    }
    const batch: QueuedBatch = {
      v: 1,
      id,
      datasetId,
      contributorRef: ref.address,
      consentHash,
      schemaHash,
      salt,
      createdAt: platform.clock.now(),
      items: queued,
      draft: null,
      refusal: null,
    };
    await spool.save(batch);
    const bytes = queued.reduce((sum, item) => sum + item.size, 0);
    events.emit('state', { batchId: id, datasetId, state: 'QUEUED', bytes, bytesStored: 0 });
    return batch;
  } catch (error) {
    await spool.remove(id).catch(() => undefined);
    throw isFull(error) ? new StorageFullError(error) : error;
  }
}

function isFull(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'QuotaExceededError' || code === 'ENOSPC' || code === 'EDQUOT';
}
