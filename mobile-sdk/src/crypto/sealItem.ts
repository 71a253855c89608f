import {
  type CID,
  contentAad,
  contentDigest,
  fileDag,
  FLOE,
  FLOE_HEADER_SIZE,
  FloeMessage,
  type Hex,
  leafCid,
  toHex,
} from '@allod/protocol';
import { type ItemBytes, segmentsOf } from './itemSource.ts';

/** One encrypted item: what its record names, without the bytes. */
export interface SealedItem {
  contributionId: string;
  /** Root CID of the ciphertext. */
  cid: string;
  /** sha2-256 digest inside the root CID. */
  contentDigest: Hex;
  /** Bytes of ciphertext. */
  size: number;
  /** 74 bytes. */
  floeHeader: Hex;
  leaves: { cid: string; size: number }[];
}

/** Memory of one segment, and when it may be written again. */
interface Slot {
  buffer: Uint8Array<ArrayBuffer> | undefined;
  free: Promise<void>;
}
const emptySlot = (): Slot => ({ buffer: undefined, free: Promise.resolve() });

/**
 * Encrypts an item segment by segment. Each segment is one raw leaf of its UnixFS file. While one is hashed and kept, the next is
 * read and encrypted, so that two or three segments at a time are in memory, however long the item is.
 *
 * @param keep stores a leaf durably; called in file order, one call at a time. Its bytes are valid until its promise settles
 */
export async function sealItem(
  p: { plain: ItemBytes; dek: Uint8Array; contributionId: string; datasetId: string; schemaHash: string },
  keep: (cid: string, bytes: Uint8Array) => Promise<void>,
): Promise<SealedItem> {
  const message = FloeMessage.create(p.dek, contentAad(p));
  const leaves: { cid: CID; size: number }[] = [];
  const store = async (segment: Uint8Array<ArrayBuffer>): Promise<void> => {
    const cid = await leafCid(segment);
    leaves.push({ cid, size: segment.length });
    await keep(cid.toString(), segment);
  };
  const slots = [emptySlot(), emptySlot()];
  let stored: Promise<void> = Promise.resolve();
  let index = 0;
  try {
    for await (const { plain, last } of segmentsOf(p.plain, message.plainSize)) {
      const slot = slots[index % slots.length]!;
      await slot.free;
      // Only items of more than one segment gain from memory that is used again.
      if (!last || index > 0) slot.buffer ??= new Uint8Array(FLOE.segmentSize);
      const segment = await message.sealSegment(index++, plain, last, slot.buffer);
      slot.free = stored = stored.then(() => store(segment));
      stored.catch(() => undefined);
    }
  } finally {
    await stored;
  }
  const { root } = fileDag(leaves);
  if (message.header.length !== FLOE_HEADER_SIZE) throw new RangeError('unexpected FLOE header');
  return {
    contributionId: p.contributionId,
    cid: root.toString(),
    contentDigest: contentDigest(root),
    size: leaves.reduce((sum, leaf) => sum + leaf.size, 0),
    floeHeader: toHex(message.header),
    leaves: leaves.map((leaf) => ({ cid: leaf.cid.toString(), size: leaf.size })),
  };
}
