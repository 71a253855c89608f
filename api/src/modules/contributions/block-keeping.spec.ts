import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawCid } from '@allod/protocol';
import pg from 'pg';
import { BLOCK_STORE, ContentStore } from '../../integrations/storage/content-store.port.ts';
import { holdOldBlocks } from '../../integrations/storage/old-blocks.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { BlockKeepingJob } from './block-keeping.job.ts';

const QUOTA = 100_000;

describe('keeping blocks', () => {
  const copies = new Map<string, Uint8Array>();
  const replica = createServer((request, response) => {
    const bytes = copies.get(/\/ipfs\/(\w+)/.exec(request.url ?? '')?.[1] ?? '');
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  let api: TestApp;
  let dataset: CuratedDataset;
  let job: BlockKeepingJob;
  let store: ContentStore;

  beforeAll(async () => {
    await new Promise<void>((resolve) => replica.listen(0, '127.0.0.1', resolve));
    const { port } = replica.address() as AddressInfo;
    api = await startApp({
      QUOTA_BYTES: `${QUOTA}`,
      BLOCK_GRACE_SECONDS: '3600',
      REPLICA_URLS: `http://127.0.0.1:${port}`,
    });
    dataset = await createDataset(api);
    job = api.app.get(BlockKeepingJob);
    store = api.app.get<ContentStore>(BLOCK_STORE);
  });
  afterAll(async () => {
    await api.stop();
    replica.close();
  });

  const contributor = () => new TestContributor(api, dataset).signIn();
  const block = (size = 1000) => {
    const bytes = randomBytes(size);
    return { cid: rawCid(bytes).toString(), bytes, size };
  };
  const begin = async (who: TestContributor, blocks: { cid: string; size: number }[]) => {
    const answer = await api.graphql<{ contributionUploadBegin: { quotaBytesLeft?: string; code?: string } }>(
      `mutation($input: ContributionUploadBeginInput!) { contributionUploadBegin(input: $input) {
        ... on UploadPlan { quotaBytesLeft missing } ... on Refused { code } } }`,
      { input: { datasetId: dataset.id, blocks: blocks.map(({ cid, size }) => ({ cid, size })) } },
      who.token,
    );
    return answer.data.contributionUploadBegin;
  };
  const put = (who: TestContributor, { cid, bytes }: { cid: string; bytes: Uint8Array }) =>
    api.putBlock(cid, bytes, who.token);
  const expireAll = async () => {
    await api.sql(`UPDATE block_owner SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL`);
    return job.expire();
  };
  const endGrace = () =>
    api.sql(`UPDATE block SET tombstoned_at = now() - interval '2 hours' WHERE tombstoned_at IS NOT NULL`);
  const here = async ({ cid }: { cid: string }) => (await store.has([cid])).has(cid);

  it('reserves quota before the bytes come: of many at once, only what fits', async () => {
    const who = await contributor();
    const plans = await Promise.all(Array.from({ length: 8 }, () => begin(who, [block(QUOTA / 4)])));
    expect(plans.filter((plan) => plan.code === 'QUOTA_EXCEEDED')).toHaveLength(4);
    expect((await put(who, block(1))).statusCode).toBe(403);
    await expireAll();
    expect((await put(who, block(1))).statusCode).toBe(201);
  });

  it('counts a reservation once, however often it is asked for and filled', async () => {
    const who = await contributor();
    const one = block();
    await begin(who, [one, one]);
    expect((await begin(who, [one])).quotaBytesLeft).toBe(`${QUOTA - 1000}`);
    const answers = await Promise.all(Array.from({ length: 6 }, () => put(who, one)));
    expect(answers.every((answer) => [200, 201].includes(answer.statusCode))).toBe(true);
    expect((await begin(who, [one])).quotaBytesLeft).toBe(`${QUOTA - 1000}`);
  });

  it('refuses a block of another size than announced', async () => {
    const who = await contributor();
    const one = block();
    await begin(who, [{ ...one, size: 1 }]);
    expect((await put(who, one)).json()).toMatchObject({ code: 'SIZE_MISMATCH' });
  });

  it('unlinks what was never committed, after a tombstone and a time of grace; what a batch names stays', async () => {
    const who = await contributor();
    const { input } = await who.contribute({ count: 1 });
    const kept = { cid: input.contributions[0]!.leaves[0]! };
    const lost = block();
    await put(who, lost);
    await expireAll();
    await job.collect();
    expect(await here(lost)).toBe(true);
    await endGrace();
    await job.collect();
    expect([await here(lost), await here(kept)]).toEqual([false, true]);
    expect((await put(who, lost)).statusCode).toBe(201);
    expect(await here(lost)).toBe(true);
  });

  it('forgets the tombstone when somebody wants the block again', async () => {
    const [first, second] = [await contributor(), await contributor()];
    const one = block();
    await put(first, one);
    await expireAll();
    await put(second, one);
    await endGrace();
    await job.collect();
    expect(await here(one)).toBe(true);
  });

  it('never unlinks what the operator holds, also when a contributor gave up the same bytes', async () => {
    const who = await contributor();
    const one = block();
    await put(who, one);
    await api.app.get(ContentStore).put(one.cid, one.bytes);
    await expireAll();
    await endGrace();
    await job.collect();
    expect(await here(one)).toBe(true);
    await api.app.get(ContentStore).delete(one.cid);
    expect(await here(one)).toBe(false);
  });

  it('holds the operator documents of a store that is older than this counting, once', async () => {
    const pool = new pg.Pool({ connectionString: api.env.DATABASE_URL, max: 1 });
    const [who, document] = [await contributor(), block()];
    await store.put(document.cid, document.bytes);
    expect(await holdOldBlocks(store, pool)).toBeUndefined();
    await api.sql('INSERT INTO old_blocks VALUES (true)');
    expect(await holdOldBlocks(store, pool)).toBe(1);
    expect(await holdOldBlocks(store, pool)).toBeUndefined();
    await pool.end();
    await put(who, document);
    await expireAll();
    await endGrace();
    await job.collect();
    expect(await here(document)).toBe(true);
  });

  it('leaves nothing behind when uploads and collections run against each other', async () => {
    const who = await contributor();
    const one = block();
    for (let round = 0; round < 10; round += 1) {
      await put(who, one);
      await api.sql(`UPDATE block_owner SET expires_at = now() - interval '1 second' WHERE cid = $1`, [one.cid]);
      await job.expire();
      await endGrace();
      const [again] = await Promise.all([put(who, one), job.collect()]);
      expect([201, 200]).toContain(again!.statusCode);
      expect(await here(one)).toBe(true);
    }
  });

  it('finds damage, repairs it from a replica, and asks for it again where there is no copy', async () => {
    const who = await contributor();
    const [copied, alone] = [block(), block()];
    copies.set(copied.cid, copied.bytes);
    for (const one of [copied, alone]) {
      await put(who, one);
      const file = readdirSync(api.env.STORE_DIR, { recursive: true }).find((name) => String(name).endsWith(one.cid));
      writeFileSync(join(api.env.STORE_DIR, String(file)), 'rotten');
    }
    await api.sql('UPDATE block SET checked_at = now() WHERE NOT cid = ANY($1)', [[copied.cid, alone.cid]]);
    await api.sql('UPDATE block SET checked_at = NULL WHERE cid = ANY($1)', [[copied.cid, alone.cid]]);
    const damaged = async () =>
      /^allod_blocks_damaged (\d+)$/m.exec((await api.app.inject({ url: '/metrics' })).payload)?.[1];
    expect(await damaged()).toBe('0');
    expect(await job.scrub()).toMatchObject({ repaired: 1, damaged: 1 });
    expect(await damaged()).toBe('1');
    expect(Buffer.from((await store.get(copied.cid))!).equals(copied.bytes)).toBe(true);
    expect(await here(alone)).toBe(false);
    expect((await put(who, alone)).statusCode).toBe(200);
    expect(await here(alone)).toBe(true);
    expect(await damaged()).toBe('0');
  });
});
