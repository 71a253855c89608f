import {
  type CID,
  contentAad,
  contentDigest,
  fileDag,
  FLOE_HEADER_SIZE,
  FloeMessage,
  type Hex,
  rawCid,
  toHex,
} from '@allod/protocol';

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

/**
 * Encrypts an item segment by segment. Each segment is one raw leaf of its UnixFS file and is handed to `keep` before
 * the next is made, so that one segment at a time is in memory.
 *
 * @param keep stores a leaf durably
 */
export async function sealItem(
  p: { plain: Uint8Array; dek: Uint8Array; contributionId: string; datasetId: string; schemaHash: string },
  keep: (cid: string, bytes: Uint8Array) => Promise<void>,
): Promise<SealedItem> {
  const message = FloeMessage.create(p.dek, contentAad(p));
  const count = Math.max(1, Math.ceil(p.plain.length / message.plainSize));
  const leaves: { cid: CID; size: number }[] = [];
  for (let i = 0; i < count; i++) {
    const plain = p.plain.slice(i * message.plainSize, (i + 1) * message.plainSize) as Uint8Array<ArrayBuffer>;
    const segment = await message.sealSegment(i, plain, i === count - 1);
    const cid = rawCid(segment);
    await keep(cid.toString(), segment);
    leaves.push({ cid, size: segment.length });
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
