import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetPostgres } from '@allod/dev/src/parts/postgres.ts';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { temporaryDataDir } from '@allod/dev/src/temporary.ts';
import { equalBytes, purposesOf } from '@allod/protocol';
import { type Client, nodePlatform, type Platform } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(300_000);

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const validUntil = (): number => Math.floor(Date.now() / 1000) + 86_400;

/** A platform that calls back before each request leaves. */
function watched(platform: Platform, before: (url: string, body: string) => Promise<void>): Platform {
  return {
    ...platform,
    fetch: async (input, init) => {
      await before(String(input), typeof init?.body === 'string' ? init.body : '');
      return platform.fetch(input, init);
    },
  };
}

describe('kill -9 at the worst moment', () => {
  const dataDir = temporaryDataDir();
  const devices = mkdtempSync(join(tmpdir(), 'allod-devices-'));
  let stack: Stack;
  let clients: Clients;
  let datasetId: string;
  const given: { seed: Uint8Array; ids: string[]; bytes: Uint8Array[] }[] = [];

  const start = async (): Promise<void> => {
    stack = await startStack({ dataDir, durable: true });
    clients = new Clients(stack);
  };
  const device = (name: string): Platform => nodePlatform(join(devices, name));
  const items = (count: number, size: number): { bytes: Uint8Array; mediaType: string }[] =>
    Array.from({ length: count }, () => ({
      bytes: new Uint8Array(randomBytes(size)),
      mediaType: 'application/octet-stream',
    }));
  const consent = (client: Client): Promise<unknown> =>
    client.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil: validUntil(), termsHash: TERMS_HASH });
  const rows = async (table: string): Promise<number> => {
    const db = new pg.Client({ connectionString: stack.urls.database });
    await db.connect();
    try {
      return Number((await db.query(`select count(*) from ${table}`)).rows[0].count);
    } finally {
      await db.end();
    }
  };

  beforeAll(async () => {
    await start();
    const created = await clients.of('curator').createDataset({
      name: 'Noise',
      description: 'Random bytes of several segments',
      mediaType: 'application/octet-stream',
      schema: { type: 'bytes' },
      purposes: purposesOf('TRAIN'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    });
    datasetId = created.datasetId;
  });
  afterAll(async () => {
    await clients.close();
    await stack.stop();
    forgetPostgres(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(devices, { recursive: true, force: true });
  });

  test('of the api during an upload: the SDK goes on, nothing is lost or doubled', async () => {
    const seed = new Uint8Array(randomBytes(32));
    let puts = 0;
    const platform = watched(device('upload'), async (url) => {
      if (url.includes('/blocks/') && ++puts === 3) stack.parts.api.kill('SIGKILL');
    });
    const client = clients.of('contributor1', { seed, platform });
    await consent(client);
    const batch = items(3, 2_500_000);
    const { contributionIds } = await client.contribute({ datasetId, items: batch });
    expect(puts).toBeGreaterThan(9);
    given.push({ seed, ids: contributionIds, bytes: batch.map(({ bytes }) => bytes) });
    expect(await rows('contribution')).toBe(3);
  });

  test('of the api during a commit: one batch, whether or not the answer arrived', async () => {
    const seed = new Uint8Array(randomBytes(32));
    let commits = 0;
    const platform = watched(device('commit'), async (_url, body) => {
      if (!body.includes('contributionCommit')) return;
      // The request is on its way for a moment before the process dies under it; which instruction it hits is left to chance.
      if (++commits <= 2) setTimeout(() => stack.parts.api.kill('SIGKILL'), 5 + commits * 20);
      await sleep(0);
    });
    const client = clients.of('contributor2', { seed, platform });
    await consent(client);
    const batch = items(4, 1000);
    const { contributionIds } = await client.contribute({ datasetId, items: batch });
    given.push({ seed, ids: contributionIds, bytes: batch.map(({ bytes }) => bytes) });
    expect(commits).toBeGreaterThanOrEqual(1);
    expect(await rows('contribution')).toBe(7);
    const seen: string[] = [];
    for await (const contribution of client.getContributions({ datasetId })) seen.push(contribution.id);
    expect(seen.sort()).toEqual([...contributionIds].sort());
  });

  test('of the device after it queued a batch: the next start sends the same ciphertext once', async () => {
    const seed = new Uint8Array(randomBytes(32));
    const offline: Platform = {
      ...device('phone'),
      fetch: (input, init) => {
        if (String(input).includes(stack.urls.api)) return Promise.reject(new TypeError('offline'));
        return globalThis.fetch(input, init);
      },
    };
    const before = clients.of('contributor3', { seed, platform: offline });
    await consent(before);
    const batch = items(2, 1_200_000);
    const { contributionIds } = await before.contribute({ datasetId, items: batch, until: 'queued' });
    const after = clients.of('contributor3', { seed, platform: device('phone') });
    const first = await after.resume();
    expect(first.waiting).toEqual([]);
    expect(first.committed.flatMap(({ contributions }) => contributions.map(({ id }) => id)).sort()).toEqual(
      [...contributionIds].sort(),
    );
    expect((await after.resume()).committed).toEqual([]);
    given.push({ seed, ids: contributionIds, bytes: batch.map(({ bytes }) => bytes) });
    expect(await rows('contribution')).toBe(9);
  });

  test('of every part, and a new start on the same folder: all contributions are anchored', async () => {
    const anchored = clients.of('contributor1', { seed: given[0]?.seed as Uint8Array });
    await anchored.waitForContribution({ datasetId, contributionId: given[0]?.ids[0] as string });
    const { postgres, chain, worker, api, keepers } = stack.parts;
    for (const part of [worker, api, ...keepers, postgres, chain]) part.kill('SIGKILL');
    for (const part of [chain, postgres, ...keepers, api, worker]) await part.untilServing(60_000);
    await clients.close();
    await stack.stop();
    await start();
    for (const { seed, ids } of given) {
      const client = clients.of('contributor1', { seed });
      for (const contributionId of ids) {
        const { state, anchorTx } = await client.waitForContribution({ datasetId, contributionId, timeout: 60_000 });
        expect(state).toBe('ANCHORED');
        expect(anchorTx).toMatch(/^0x[0-9a-f]{64}$/);
      }
    }
  });

  test('and what a licensee opens afterwards is what the devices gave', async () => {
    const curator = clients.of('curator');
    const company = clients.of('company');
    await curator.closeIntake({ datasetId });
    const draft = await curator.prepareVersion({ datasetId });
    expect(draft.excluded).toEqual([]);
    const { version } = await curator.publishVersion({ datasetId, draft });
    const { offerIndex } = await curator.createOffer({
      datasetId,
      price: 3_000_000n,
      duration: 30 * 86_400,
      purposes: purposesOf('TRAIN'),
      termsHash: TERMS_HASH,
    });
    await company.waitForVersion({ datasetId, version });
    await company.purchaseLicense({ datasetId, offerIndex, version });
    const originals = new Map(
      given.flatMap(({ ids, bytes }) => ids.map((id, i) => [id, bytes[i] as Uint8Array] as const)),
    );
    let opened = 0;
    for await (const result of await company.openDataset({ datasetId, version })) {
      if (!result.ok) throw result.error;
      expect(equalBytes(result.bytes, originals.get(result.item.contributionId) as Uint8Array)).toBe(true);
      opened++;
    }
    expect(opened).toBe(9);
  });
});
