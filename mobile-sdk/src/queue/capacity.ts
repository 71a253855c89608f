import type { ClientContext } from '../context.ts';
import { QueueFullError } from '../errors/upload.ts';
import type { Spool } from '../upload/batch.ts';

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
