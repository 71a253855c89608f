import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { rawCid } from '@allod/protocol';
import type { ContentStore } from '../integrations/storage/content-store.port.ts';

const block = (size = 100) => {
  const bytes = new Uint8Array(randomBytes(size));
  return { cid: rawCid(bytes).toString(), bytes };
};

/** What every content store must do; run for each adapter and for the fake. */
export function shouldBehaveLikeContentStore(name: string, create: () => ContentStore): void {
  describe(`${name} as a content store`, () => {
    it('gives back what was put', async () => {
      const store = create();
      const { cid, bytes } = block(1 << 20);
      await store.put(cid, bytes);
      expect(Buffer.from((await store.get(cid))!).equals(Buffer.from(bytes))).toBe(true);
    });

    it('does not know what was never put', async () => {
      const store = create();
      const { cid } = block();
      expect(await store.get(cid)).toBeUndefined();
      expect(await store.has([cid])).toEqual(new Set());
    });

    it('takes a block twice, also at the same time', async () => {
      const store = create();
      const { cid, bytes } = block();
      await Promise.all([store.put(cid, bytes), store.put(cid, bytes), store.put(cid, bytes)]);
      await store.put(cid, bytes);
      expect(await store.has([cid])).toEqual(new Set([cid]));
    });

    it('names those of many that are there', async () => {
      const store = create();
      const blocks = Array.from({ length: 20 }, () => block());
      await Promise.all(blocks.slice(0, 10).map(({ cid, bytes }) => store.put(cid, bytes)));
      const found = await store.has(blocks.map(({ cid }) => cid));
      expect(found).toEqual(new Set(blocks.slice(0, 10).map(({ cid }) => cid)));
    });

    it('lists what is there', async () => {
      const store = create();
      const blocks = Array.from({ length: 3 }, () => block());
      for (const { cid, bytes } of blocks) await store.put(cid, bytes);
      const listed = new Set<string>();
      for await (const cid of store.list()) listed.add(cid);
      for (const { cid } of blocks) expect(listed.has(cid)).toBe(true);
    });

    it('forgets what is deleted, and does not mind when nothing is there', async () => {
      const store = create();
      const { cid, bytes } = block();
      await store.put(cid, bytes);
      await store.delete(cid);
      await store.delete(cid);
      expect(await store.get(cid)).toBeUndefined();
    });
  });
}
