import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { importer } from 'ipfs-unixfs-importer';
import vectors from '../vectors/content.json' with { type: 'json' };
import { flipBit } from '../test/arbitrary.ts';
import { toHex, utf8 } from './bytes.ts';
import {
  blockMatches,
  childrenOf,
  contentDigest,
  fileDag,
  fileToDag,
  leafCid,
  leafMatches,
  LEAF_SIZE,
  MAX_LINKS,
  parseCid,
  rawCid,
  rootCid,
  type CID,
} from './content.ts';

/** Leaf i of the vector files: full of the byte (i mod 4). */
const leafBytes = (index: number, size: number) => new Uint8Array(size).fill(index % 4);
const fullLeaves = [0, 1, 2, 3].map((i) => leafBytes(i, LEAF_SIZE));
const fullCids = fullLeaves.map(rawCid);

const leavesOf = (count: number, lastSize: number): { cid: CID; size: number }[] =>
  Array.from({ length: count }, (_, i) =>
    i < count - 1 || lastSize === LEAF_SIZE
      ? { cid: fullCids[i % 4] as CID, size: LEAF_SIZE }
      : { cid: rawCid(leafBytes(i, lastSize)), size: lastSize },
  );

/** Root of the same file by the reference implementation in the profile `unixfs-v1-2025`, which cuts the stream itself. */
async function importedRoot(count: number, lastSize: number): Promise<string> {
  const blocks = { put: (cid: CID) => Promise.resolve(cid) };
  const stream = async function* () {
    for (let i = 0; i < count; i++) {
      yield i < count - 1 ? (fullLeaves[i % 4] as Uint8Array) : leafBytes(i, lastSize);
    }
  };
  let root = '';
  for await (const entry of importer([{ content: stream() }], blocks as never, { profile: 'unixfs-v1-2025' })) {
    root = entry.cid.toString();
  }
  return root;
}

describe('content', () => {
  it.each(vectors.files)(
    'has the root of $name',
    async ({ leaves, lastLeafSize, size, root, contentDigest: digest, codec, innerBlocks }) => {
      const dag = fileDag(leavesOf(leaves, lastLeafSize));
      expect(dag.root.toString()).toBe(root);
      expect(dag.blocks.map((block) => ({ cid: block.cid.toString(), size: block.bytes.length }))).toEqual(innerBlocks);
      expect(contentDigest(dag.root)).toBe(digest);
      expect(rootCid(digest, BigInt(size)).toString()).toBe(root);
      expect(dag.root.code).toBe(codec === 'raw' ? 0x55 : 0x70);
      // The file of 1,024 leaves is the first node of the one of 1,025; a gigabyte is hashed once.
      if (leaves !== MAX_LINKS) expect(await importedRoot(leaves, lastLeafSize)).toBe(root);
    },
  );

  it('has the bytes of the smallest root node', () => {
    const vector = vectors.files[2]!;
    expect(toHex(fileDag(leavesOf(2, 1)).blocks[0]!.bytes)).toBe(vector.rootBlock);
  });

  it('addresses a text by its only leaf', () => {
    const { utf8: text, root, contentDigest: digest } = vectors.text;
    const file = fileToDag(utf8(text));
    expect([file.root.toString(), file.blocks.length, file.leaves.length]).toEqual([root, 0, 1]);
    expect(contentDigest(file.root)).toBe(digest);
  });

  it('links inner nodes to their children in file order', () => {
    const leaves = leavesOf(1025, 3);
    const { blocks } = fileDag(leaves);
    expect(childrenOf(blocks[0]!.bytes).map(String)).toEqual(
      leaves.slice(0, MAX_LINKS).map((leaf) => leaf.cid.toString()),
    );
    expect(childrenOf(blocks[1]!.bytes).map(String)).toEqual([leaves[1024]!.cid.toString()]);
    expect(childrenOf(blocks[2]!.bytes).map(String)).toEqual([blocks[0]!.cid.toString(), blocks[1]!.cid.toString()]);
    for (const block of blocks) expect(blockMatches(block.cid, block.bytes)).toBe(true);
  });

  it('gives another root for other leaves, another order or another length', () => {
    const root = fileDag(leavesOf(5, 9)).root.toString();
    const leaves = leavesOf(5, 9);
    const swapped = leaves.with(0, leaves[1]!).with(1, leaves[0]!);
    for (const other of [swapped, leavesOf(4, 9), leavesOf(6, 9), leavesOf(5, 8)]) {
      expect(fileDag(other).root.toString()).not.toBe(root);
    }
  });

  it('refuses leaves outside the profile', () => {
    const leaf = { cid: fullCids[0] as CID, size: LEAF_SIZE };
    const inner = { cid: fileDag(leavesOf(2, 1)).root, size: LEAF_SIZE };
    const bad = [[], [{ ...leaf, size: 5 }, leaf], [{ ...leaf, size: 0 }], [{ ...leaf, size: LEAF_SIZE + 1 }], [inner]];
    for (const leaves of bad) expect(() => fileDag(leaves)).toThrow(RangeError);
    expect(() => fileToDag(new Uint8Array())).toThrow(RangeError);
  });

  it('accepts CIDs of the profile and refuses the others', () => {
    for (const { root } of vectors.files) expect(parseCid(root).toString()).toBe(root);
    for (const { cid } of vectors.refused) expect(() => parseCid(cid)).toThrow(RangeError);
    for (const bad of ['', 'allod', `${vectors.text.root}x`]) expect(() => parseCid(bad)).toThrow();
  });

  it('finds a block that does not belong to its CID', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (block, at) => {
        const cid = rawCid(block);
        expect(parseCid(cid.toString()).equals(cid)).toBe(true);
        expect(blockMatches(cid, block)).toBe(true);
        expect(blockMatches(cid, flipBit(block, at))).toBe(false);
        expect(rootCid(contentDigest(cid), block.length).equals(cid)).toBe(true);
      }),
    );
  });

  it('has the same CID by WebCrypto, of short and long blocks', async () => {
    for (const size of [1, 16_383, 16_384, 100_000, LEAF_SIZE]) {
      const block = leafBytes(3, size);
      const cid = rawCid(block);
      expect((await leafCid(block)).equals(cid)).toBe(true);
      expect(await leafMatches(cid, block)).toBe(true);
      expect(await leafMatches(cid, flipBit(block, size * 7))).toBe(false);
    }
  });

  it('splits a file into full leaves and a rest', () => {
    const bytes = new Uint8Array(2 * LEAF_SIZE + 7).fill(1);
    expect(fileToDag(bytes).leaves.map((leaf) => leaf.bytes.length)).toEqual([LEAF_SIZE, LEAF_SIZE, 7]);
    expect(fileToDag(bytes.subarray(0, LEAF_SIZE)).blocks).toHaveLength(0);
  });
});
