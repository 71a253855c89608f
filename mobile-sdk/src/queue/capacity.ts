import type { ClientContext } from '../context.ts';
import { QueueFullError } from '../errors/upload.ts';
import type { Spool } from '../upload/batch.ts';

/** What happens to new items while the queue is full. Every outcome is told as a `queue` event. */
export type WhenFull =
  /** `contribute` and `collect` throw `QUEUE_FULL`; nothing queued is touched. */
  | 'reject'
  /** The oldest batches that are not on their way are dropped, each with a `DROPPED` event that names its items. */
  | 'drop-oldest'
  /** `contribute` and `collect` wait until a batch has left the queue. */
  | 'pause';

export interface QueueOptions {
  /** Most bytes of ciphertext that wait on this device. Default 4 GiB, on React Native 512 MiB. */
  maxBytes: number;
  whenFull: WhenFull;
}

export const defaultQueue: QueueOptions = { maxBytes: 4 * 2 ** 30, whenFull: 'reject' };

/** Share of `maxBytes` from which on the app is warned. */
const WARN_AT = 0.8;

/**
 * Reserves room for bytes that are about to be spooled, by the client's policy.
 *
 * @param id batch that the bytes belong to; it is never evicted
 * @throws QueueFullError
 */
export async function takeRoom(client: ClientContext, spool: Spool, id: string, bytes: number): Promise<void> {
  const { maxBytes, whenFull } = client.queue;
  let told = false;
  for (;;) {
    const used = await spool.bytes();
    if (used + bytes <= maxBytes) {
      await spool.reserve(id, bytes);
      if (told) client.events.emit('queue', { type: 'ROOM', bytes: used + bytes, maxBytes });
      else if (used < maxBytes * WARN_AT && used + bytes >= maxBytes * WARN_AT)
        client.events.emit('queue', { type: 'NEARLY_FULL', bytes: used + bytes, maxBytes });
      return;
    }
    if (!told) client.events.emit('queue', { type: 'FULL', bytes: used, maxBytes, whenFull });
    told = true;
    const evictable = (await spool.ids()).filter((each) => each !== id && !spool.sending.has(each));
    const others = evictable.length > 0 || spool.sending.size > 0;
    if (whenFull === 'drop-oldest' && evictable[0] !== undefined) await drop(client, spool, evictable[0], maxBytes);
    else if (whenFull === 'pause' && others) await spool.room();
    else throw new QueueFullError({ bytes: used, maxBytes, needed: bytes });
  }
}

async function drop(client: ClientContext, spool: Spool, id: string, maxBytes: number): Promise<void> {
  const batch = await spool.load(id);
  await spool.remove(id);
  if (!batch) return;
  client.events.emit('queue', {
    type: 'DROPPED',
    batchId: id,
    datasetId: batch.datasetId,
    contributionIds: batch.items.map((item) => item.contributionId),
    bytes: await spool.bytes(),
    maxBytes,
  });
}
