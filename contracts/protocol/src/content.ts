import * as dagPb from '@ipld/dag-pb';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create as digestFrom } from 'multiformats/hashes/digest';
import { concatBytes, equalBytes, fromHex, type Hex, sha256, sha256Native, toHex } from './bytes.ts';

/** Bytes of one raw leaf, and of one encrypted FLOE segment. */
export const LEAF_SIZE = 1 << 20;
/** Links of one dag-pb node. */
export const MAX_LINKS = 1024;

const SHA2_256 = 0x12;

/** CIDv1 of a raw block (sha2-256). */
export function rawCid(block: Uint8Array): CID {
  return CID.createV1(raw.code, digestFrom(SHA2_256, sha256(block)));
}

/** {@link rawCid} of a long block without holding up this thread. */
export async function leafCid(block: Uint8Array<ArrayBuffer>): Promise<CID> {
  return CID.createV1(raw.code, digestFrom(SHA2_256, await sha256Native(block)));
}

/** A leaf or inner node of a UnixFS file: its CID, the file bytes below it, and the encoded bytes below it. */
interface FileNode {
  cid: CID;
  fileSize: number;
  dagSize: number;
}

/** Root of a UnixFS file and its dag-pb blocks, root last; a one-leaf file has none and its root is the raw leaf. */
export interface FileDag {
  root: CID;
  blocks: { cid: CID; bytes: Uint8Array }[];
}

/**
 * Builds the DAG over raw leaves in the profile `unixfs-v1-2025` (IPIP-499): CIDv1, sha2-256, balanced, raw leaves of 1 MiB,
 * 1024 links a node. All leaves but the last must be full. Throws RangeError otherwise.
 */
export function fileDag(leaves: readonly { cid: CID; size: number }[]): FileDag {
  if (leaves.length === 0) throw new RangeError('a file has at least one leaf');
  leaves.forEach((leaf, i) => {
    const full = i < leaves.length - 1 ? leaf.size === LEAF_SIZE : leaf.size > 0 && leaf.size <= LEAF_SIZE;
    if (!full || leaf.cid.code !== raw.code || leaf.cid.multihash.code !== SHA2_256)
      throw new RangeError(`leaf ${i} is not in the profile`);
  });
  const blocks: FileDag['blocks'] = [];
  let level: FileNode[] = leaves.map((leaf) => ({ cid: leaf.cid, fileSize: leaf.size, dagSize: leaf.size }));
  while (level.length > 1) {
    const parents: FileNode[] = [];
    for (let i = 0; i < level.length; i += MAX_LINKS) {
      const children = level.slice(i, i + MAX_LINKS);
      const bytes = fileNode(children);
      const cid = CID.createV1(dagPb.code, digestFrom(SHA2_256, sha256(bytes)));
      blocks.push({ cid, bytes });
      const sum = (pick: (node: FileNode) => number): number => children.reduce((n, child) => n + pick(child), 0);
      parents.push({ cid, fileSize: sum((n) => n.fileSize), dagSize: bytes.length + sum((n) => n.dagSize) });
    }
    level = parents;
  }
  return { root: (level[0] as FileNode).cid, blocks };
}

/**
 * A dag-pb node of a UnixFS file: links in field 2, then in field 1 the UnixFS message of type 2 (file) with the file's size and that of
 * each child. Written by hand: encoders of protocol buffers cost a phone three times the bytes of everything else here.
 * Source: IPLD dag-pb and UnixFS specifications.
 */
function fileNode(children: readonly FileNode[]): Uint8Array<ArrayBuffer> {
  const links = children.map(({ cid, dagSize }) =>
    field(2, concatBytes(field(1, cid.bytes), field(2, new Uint8Array(0)), number(3, dagSize))),
  );
  const size = children.reduce((sum, child) => sum + child.fileSize, 0);
  const unixFs = concatBytes(number(1, 2), number(3, size), ...children.map((child) => number(4, child.fileSize)));
  return concatBytes(...links, field(1, unixFs));
}

/** A length-delimited field of a protocol buffer. */
const field = (id: number, bytes: Uint8Array): Uint8Array =>
  concatBytes(new Uint8Array([(id << 3) | 2, ...varint(bytes.length)]), bytes);

/** A varint field of a protocol buffer. */
const number = (id: number, value: number): Uint8Array => new Uint8Array([id << 3, ...varint(value)]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** Splits a file into leaves and builds its DAG. */
export function fileToDag(bytes: Uint8Array): FileDag & { leaves: { cid: CID; bytes: Uint8Array }[] } {
  const leaves: { cid: CID; bytes: Uint8Array }[] = [];
  for (let at = 0; at < Math.max(bytes.length, 1); at += LEAF_SIZE) {
    const leaf = bytes.subarray(at, at + LEAF_SIZE);
    leaves.push({ cid: rawCid(leaf), bytes: leaf });
  }
  return { ...fileDag(leaves.map((leaf) => ({ cid: leaf.cid, size: leaf.bytes.length }))), leaves };
}

/** CIDs linked by a dag-pb block, in file order. */
export function childrenOf(block: Uint8Array): CID[] {
  return dagPb.decode(block).Links.map((link) => link.Hash);
}

/** True when the bytes hash to the CID's sha2-256 digest. */
export function blockMatches(cid: CID, bytes: Uint8Array): boolean {
  return cid.multihash.code === SHA2_256 && toHex(sha256(bytes)) === toHex(cid.multihash.digest);
}

/** {@link blockMatches} of a long block without holding up this thread. */
export async function leafMatches(cid: CID, block: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return cid.multihash.code === SHA2_256 && equalBytes(await sha256Native(block), cid.multihash.digest);
}

/**
 * Parses a CID and refuses everything outside the profile with RangeError: version, codec, hash, and every text but lower-case base32,
 * so that one block has one name in signed documents. Malformed text throws what `multiformats` throws.
 */
export function parseCid(text: string): CID {
  const cid = CID.parse(text);
  if (cid.version === 1 && cid.toString() !== text) throw new RangeError(`CID ${text} is not in lower-case base32`);
  if (
    cid.version !== 1 ||
    cid.multihash.code !== SHA2_256 ||
    cid.multihash.digest.length !== 32 ||
    (cid.code !== raw.code && cid.code !== dagPb.code)
  ) {
    throw new RangeError(`CID ${text} is outside the profile`);
  }
  return cid;
}

/** sha2-256 digest inside a root CID: `contentDigest`. */
export function contentDigest(cid: CID): Hex {
  return toHex(cid.multihash.digest);
}

/** Root CID of a contribution from its digest and body size: raw up to one leaf, dag-pb above. */
export function rootCid(digest: string, size: bigint | number): CID {
  return CID.createV1(BigInt(size) <= BigInt(LEAF_SIZE) ? raw.code : dagPb.code, digestFrom(SHA2_256, fromHex(digest)));
}

export { CID };
