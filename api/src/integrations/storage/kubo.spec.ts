import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'ipfs-http-client';
import type { AddOptions } from 'ipfs-http-client';
import { afterAll, describe, expect, it } from '@jest/globals';
import { childrenOf, CID, fileDag, LEAF_SIZE, MAX_LINKS, rawCid } from '@allod/protocol';
import { FlatStore } from './flat-store.adapter.ts';
import { KuboStore } from './kubo.adapter.ts';

const url = process.env['TEST_IPFS_RPC_URL'];
if (!url)
  console.log('SKIPPED: CIDs against a Kubo daemon, because TEST_IPFS_RPC_URL names none; npm run test:kubo -w api');

/** The content profile in Kubo's words (IPIP-499 unixfs-v1-2025). */
const PROFILE = {
  cidVersion: 1,
  rawLeaves: true,
  chunker: `size-${LEAF_SIZE}`,
  maxFileLinks: MAX_LINKS,
  pin: false,
} as AddOptions;

/** A few different leaves over and over, so that a file of a gigabyte takes no memory and hardly any disk. */
const PATTERNS = Array.from({ length: 5 }, (_, i) => new Uint8Array(LEAF_SIZE).fill(i + 1));
const TAIL = new Uint8Array(777).fill(9);

function* leavesOf(full: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let i = 0; i < full; i += 1) yield PATTERNS[i % PATTERNS.length]!;
  yield TAIL;
}

const files = [
  { name: 'one leaf', full: 0 },
  { name: 'many leaves', full: 12 },
  { name: 'more than 1,024 leaves', full: 1030 },
];

(url ? describe : describe.skip)('CIDs of one file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'allod-test-cids-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(files)(
    'are equal in the SDK, the flat store and Kubo: $name',
    async ({ full }) => {
      const known = new Map([...PATTERNS, TAIL].map((bytes) => [bytes, rawCid(bytes)]));
      const leaves = [...leavesOf(full)].map((bytes) => ({ cid: known.get(bytes)!, size: bytes.length }));
      const dag = fileDag(leaves);

      const kubo = create({ url: url! });
      const added = await kubo.add(leavesOf(full), PROFILE);
      expect(added.cid.toString()).toBe(dag.root.toString());

      const flat = new FlatStore(folder);
      const daemon = new KuboStore(url!);
      for (const [bytes, cid] of known) await flat.put(cid.toString(), bytes);
      for (const { cid, bytes } of dag.blocks) await flat.put(cid.toString(), bytes);
      for (const { cid } of dag.blocks) {
        const ours = await flat.get(cid.toString());
        const theirs = await daemon.get(cid.toString());
        expect(Buffer.from(theirs!).equals(ours!)).toBe(true);
        expect(childrenOf(theirs!).every((child) => CID.asCID(child))).toBe(true);
      }
    },
    300_000,
  );

  it('are checked by the adapter: bytes under a wrong CID are refused', async () => {
    const wrong = rawCid(new Uint8Array([1])).toString();
    await expect(new KuboStore(url!).put(wrong, new Uint8Array([2]))).rejects.toThrow('instead of');
  });
});
