import { contributionId, jsonSha256, MAX_BATCH, toHex, wrapDek } from '@allod/protocol';
import { hexlify } from 'ethers';
import { type ClientContext, refOf } from '../context.ts';
import type { ItemBytes } from '../crypto/itemSource.ts';
import { sealItem } from '../crypto/sealItem.ts';
import { AllodError } from '../errors/base.ts';
import { StorageFullError } from '../errors/upload.ts';
import { loadConsent } from '../identity/consents.ts';
import { topKekOf } from '../identity/topKek.ts';
import { bytesOf, type QueuedBatch, type QueuedItem, spoolIn } from '../upload/batch.ts';
import { isStoreFull } from '../store.ts';
import { SpoolWriter } from './spoolWriter.ts';
import { randomBytes } from '../random.ts';

/** One item as it goes into a batch. */
export interface NewItem {
  bytes: ItemBytes;
  mediaType: string;
  metadata?: Record<string, unknown> | undefined;
}

/**
 * Encrypts items and makes them durable as one batch. When it resolves, a crash loses none of them.
 *
 * @param readings names of the collected readings that these items are, to be deleted once the batch is durable
 */
export async function queueBatch(
  client: ClientContext,
  datasetId: string,
  items: readonly NewItem[],
  readings: string[] = [],
): Promise<QueuedBatch> {
  if (items.length < 1 || items.length > MAX_BATCH)
    throw new AllodError('BAD_INPUT', `a batch holds 1 to ${MAX_BATCH} items`);
  const { platform, events } = client;
  const ref = refOf(client, datasetId);
  const { consentHash, schemaHash } = await loadConsent(client, datasetId);
  const spool = spoolIn(platform.resumeStore);
  const salt = hexlify(randomBytes(32));
  const id = salt.slice(2);
  const top = await topKekOf(client, ref, datasetId, consentHash);
  const writer = new SpoolWriter(client, spool, id);
  try {
    const seq = await spool.begin(id, platform.clock.now());
    const queued: QueuedItem[] = [];
    for (const [index, item] of items.entries()) {
      const itemId = contributionId({ contributorRef: ref.address, datasetId, salt, index });
      const dek = randomBytes(32);
      const sealed = await sealItem(
        { plain: item.bytes, dek, contributionId: itemId, datasetId, schemaHash },
        (cid, bytes) => writer.keep(cid, bytes),
      );
      const metadata = { ...item.metadata, mediaType: item.mediaType };
      queued.push({
        ...sealed,
        leaves: writer.placed(sealed),
        spoolDek: toHex(wrapDek(top, dek, itemId)),
        metadata,
        metadataHash: jsonSha256(metadata),
      });
    }
    await writer.finish();
    const batch: QueuedBatch = {
      v: 1,
      id,
      seq,
      datasetId,
      contributorRef: ref.address,
      consentHash,
      schemaHash,
      salt,
      createdAt: platform.clock.now(),
      items: queued,
      readings,
      draft: null,
      refusal: null,
    };
    await spool.save(batch);
    events.emit('state', { batchId: id, datasetId, state: 'QUEUED', bytes: bytesOf(batch), bytesStored: 0 });
    return batch;
  } catch (error) {
    await writer.discard().catch(() => undefined);
    await spool.remove(id).catch(() => undefined);
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (isStoreFull(error)) return new StorageFullError(error);
  if (code === 'SOURCE_CHANGED') return new AllodError(code, message ?? 'the source changed', { cause: error });
  return error;
}
