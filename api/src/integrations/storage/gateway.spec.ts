import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blockMatches, CID, fileToDag } from '@allod/protocol';
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

  it('says what it cannot do', async () => {
    const missing = fileToDag(new Uint8Array([1])).root.toString();
    expect((await get(`${missing}?format=raw`)).statusCode).toBe(404);
    expect((await get(`QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG?format=raw`)).statusCode).toBe(400);
    expect((await get(`${root}?format=tar`)).statusCode).toBe(406);
  });
});
