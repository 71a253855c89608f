import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blockMatches, CID, fileDag, fileToDag, LEAF_SIZE, MAX_LINKS, rawCid } from '@allod/protocol';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { ContentStore } from './content-store.port.ts';

/** Blocks of a CARv1, each checked against its CID, as a client would. */
function readCar(car: Buffer): { cid: CID; bytes: Uint8Array }[] {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = car[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const header = varint();
  at += header;
  const blocks = [];
  while (at < car.length) {
    const length = varint();
    const [cid, bytes] = CID.decodeFirst(car.subarray(at, at + length));
    if (!blockMatches(cid, bytes)) throw new Error(`${cid} does not match`);
    blocks.push({ cid, bytes });
    at += length;
  }
  return blocks;
}

describe('the trustless gateway', () => {
  let api: TestApp;
  const file = fileToDag(new Uint8Array(2_500_000).map((_, i) => i % 251));
  const root = file.root.toString();

  beforeAll(async () => {
    api = await startApp();
    const store = api.app.get(ContentStore);
    for (const { cid, bytes } of [...file.leaves, ...file.blocks]) await store.put(cid.toString(), bytes);
  });
  afterAll(() => api.stop());

  const get = (path: string, headers: Record<string, string> = {}) => api.app.inject({ url: `/ipfs/${path}`, headers });

  it('serves a block raw, as an attachment that may be kept for ever', async () => {
    const answer = await get(`${root}?format=raw`);
    expect(blockMatches(file.root, answer.rawPayload)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.ipld.raw',
      'cache-control': expect.stringContaining('immutable'),
      'content-disposition': expect.stringContaining('attachment'),
    });
    expect((await get(`${root}?format=raw`, { 'if-none-match': String(answer.headers['etag']) })).statusCode).toBe(304);
  });

  it('serves a range of a block, and says what it has to HEAD', async () => {
    const whole = (await get(`${root}?format=raw`)).rawPayload;
    const part = await get(`${root}?format=raw`, { range: 'bytes=2-9' });
    expect([part.statusCode, part.headers['content-range']]).toEqual([206, `bytes 2-9/${whole.length}`]);
    expect(part.rawPayload.equals(whole.subarray(2, 10))).toBe(true);
    expect((await get(`${root}?format=raw`, { range: 'bytes=-4' })).rawPayload.equals(whole.subarray(-4))).toBe(true);
    expect((await get(`${root}?format=raw`, { range: 'bytes=99999999-' })).statusCode).toBe(416);
    const head = await api.app.inject({ method: 'HEAD', url: `/ipfs/${root}?format=raw` });
    expect([head.statusCode, head.headers['content-length'], head.rawPayload.length]).toEqual([
      200,
      `${whole.length}`,
      0,
    ]);
  });

  it('serves a whole file as a CAR, root first, leaves in order', async () => {
    const answer = await get(`${root}?format=car`);
    const blocks = readCar(answer.rawPayload);
    expect(blocks.map((block) => block.cid.toString())).toEqual([
      root,
      ...file.leaves.map((leaf) => leaf.cid.toString()),
    ]);
    expect(readCar((await get(`${root}?format=car&dag-scope=block`)).rawPayload)).toHaveLength(1);
    expect(readCar((await get(root, { accept: 'application/vnd.ipld.car' })).rawPayload)).toHaveLength(4);
  });

  it('serves only the blocks that a range of the file needs, with the root that proves them', async () => {
    const LEAF = 1 << 20;
    const [a, b, c] = file.leaves.map((leaf) => leaf.cid.toString());
    const sent = async (range: string) => {
      const answer = await get(`${root}?format=car&dag-scope=entity&entity-bytes=${range}`);
      return readCar(answer.rawPayload).map((block) => block.cid.toString());
    };
    expect(await sent('0:0')).toEqual([root, a]);
    expect(await sent(`${LEAF - 1}:${LEAF}`)).toEqual([root, a, b]);
    expect(await sent(`${LEAF}:${2 * LEAF - 1}`)).toEqual([root, b]);
    expect(await sent('-1:*')).toEqual([root, c]);
    expect(await sent('1:-1')).toEqual([root, a, b, c]);
    expect(await sent('99999999:*')).toEqual([root]);
    expect((await get(`${root}?format=car&entity-bytes=5`)).statusCode).toBe(400);
    expect((await get(`${root}?format=car&entity-bytes=9:5`)).statusCode).toBe(400);
    const [whole, part] = [await get(`${root}?format=car`), await get(`${root}?format=car&entity-bytes=0:0`)];
    expect(whole.headers['etag']).not.toBe(part.headers['etag']);
  });

  it('finds a range below two levels of nodes', async () => {
    const two = [0, 1]
      .map((fill) => new Uint8Array(LEAF_SIZE).fill(fill))
      .map((bytes) => ({ cid: rawCid(bytes), bytes }));
    const leaves = Array.from({ length: MAX_LINKS + 1 }, (_, i) => ({ cid: two[i % 2]!.cid, size: LEAF_SIZE }));
    const dag = fileDag(leaves);
    const store = api.app.get(ContentStore);
    for (const { cid, bytes } of [...two, ...dag.blocks]) await store.put(cid.toString(), bytes);
    const answer = await get(`${dag.root}?format=car&entity-bytes=${MAX_LINKS * LEAF_SIZE}:*`);
    const inner = dag.blocks.at(-2)!.cid.toString();
    expect(readCar(answer.rawPayload).map((block) => block.cid.toString())).toEqual([
      dag.root.toString(),
      inner,
      two[0]!.cid.toString(),
    ]);
  });

  it('says what it cannot do', async () => {
    const missing = fileToDag(new Uint8Array([1])).root.toString();
    expect((await get(`${missing}?format=raw`)).statusCode).toBe(404);
    expect((await get(`QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG?format=raw`)).statusCode).toBe(400);
    expect((await get(`${root}?format=tar`)).statusCode).toBe(406);
  });
});
