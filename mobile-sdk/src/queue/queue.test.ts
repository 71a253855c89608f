import { describe, expect, it } from '@jest/globals';
import { contributionLeaf, LEAF_SIZE, verifyContributionProof } from '@allod/protocol';
import type { Client } from '../client.ts';
import type { ItemBytes, SliceSource } from '../crypto/itemSource.ts';
import type { QueueEvent } from '../events.ts';
import type { DeviceState, Platform } from '../platform/ports.ts';
import { consentTo, createWorld, DATASET, seedOf, type World } from '../testing/fixtures.ts';
import { openCommits } from '../testing/openCommits.ts';

const SEED = seedOf(91);
const item = (text: string): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new TextEncoder().encode(text),
  mediaType: 'text/plain',
});
const block = (fill: number): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new Uint8Array(200_000).fill(fill),
  mediaType: 'application/octet-stream',
});
const offline = (): Promise<never> => new Promise(() => undefined);

/** A clock that stands still until it is moved; sleepers wake when their time has come. */
function handClock(): {
  now: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  move(ms: number): Promise<void>;
} {
  let time = Date.now();
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((wake, reject) => {
        const sleeper = { at: time + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(new Error('stopped'));
        });
      }),
    async move(ms) {
      time += ms;
      for (const sleeper of [...sleepers])
        if (sleeper.at <= time) {
          sleepers.delete(sleeper);
          sleeper.wake();
        }
    },
  };
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000 && !(await holds()); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await holds()).toBe(true);
}

/** A device without network and with `count` batches that wait. */
async function filled(world: World, options: Parameters<World['client']>[0], count: number): Promise<Client> {
  const platform = { ...(options?.platform ?? world.platform()), fetch: offline };
  const client = world.client({ seed: SEED, ...options, platform });
  await consentTo(client, ['TRAIN']);
  for (let i = 0; i < count; i++) await client.contribute({ datasetId: DATASET, items: [block(i)], until: 'queued' });
  return client;
}

describe('a source of bytes', () => {
  const bytes = new Uint8Array(2 * LEAF_SIZE + 5).map((_, i) => (i * 31) % 251);
  const slices = (size: number): SliceSource => ({ size, slice: async (start, end) => bytes.slice(start, end) });
  async function* chunks(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const sources: [string, () => ItemBytes][] = [
    ['bytes', () => bytes],
    ['a Blob', () => new Blob([bytes])],
    ['slices of a file', () => slices(bytes.length)],
    ['a stream of small chunks', () => chunks(65_537)],
    ['a stream of one chunk', () => chunks(bytes.length)],
  ];

  it.each(sources)('may be %s', async (_, source) => {
    const world = createWorld();
    const client = world.client({ seed: SEED });
    await consentTo(client, ['TRAIN']);
    await client.contribute({ datasetId: DATASET, items: [{ bytes: source(), mediaType: 'x/y' }] });
    expect(world.api.commits[0]!.contributions[0]!.leaves).toHaveLength(3);
    const [text] = await openCommits(world.api, SEED);
    expect(text === new TextDecoder().decode(bytes)).toBe(true);
  });

  it('may be empty, and may not shrink meanwhile', async () => {
    const world = createWorld();
    const client = world.client({ seed: SEED });
    await consentTo(client, ['TRAIN']);
    await client.contribute({ datasetId: DATASET, items: [{ bytes: new Blob([]), mediaType: 'x/y' }] });
    expect(await openCommits(world.api, SEED)).toEqual(['']);
    const shrunk = client.contribute({
      datasetId: DATASET,
      items: [{ bytes: slices(4 * LEAF_SIZE), mediaType: 'x/y' }],
    });
    await expect(shrunk).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    expect(await client.getQueue()).toEqual([]);
  });
});

describe('a full queue', () => {
  const queue = { maxBytes: 450_000 };

  it('warns at four fifths, and refuses by default without touching what waits', async () => {
    const events: QueueEvent[] = [];
    const world = createWorld();
    const client = await filled(world, { queue }, 1);
    client.on('queue', (event) => events.push(event));
    await client.contribute({ datasetId: DATASET, items: [block(2)], until: 'queued' });
    await expect(client.contribute({ datasetId: DATASET, items: [block(3)] })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      details: { maxBytes: 450_000 },
    });
    expect(events.map(({ type }) => type)).toEqual(['NEARLY_FULL', 'FULL']);
    expect(await client.getQueue()).toHaveLength(2);
  });

  it('drops the oldest that is not on its way, and says which, where the app wants that', async () => {
    const world = createWorld();
    const events: QueueEvent[] = [];
    const platform = world.platform();
    await (await filled(world, { platform }, 2)).close();
    const client = world.client({
      seed: SEED,
      platform: withStoreOf(platform),
      queue: { ...queue, whenFull: 'drop-oldest' },
    });
    client.on('queue', (event) => events.push(event));
    const [oldest, younger] = await client.getQueue();
    await client.contribute({ datasetId: DATASET, items: [block(9)], until: 'queued' });
    expect(events.map(({ type }) => type)).toEqual(['FULL', 'DROPPED', 'ROOM']);
    expect(events[1]).toMatchObject({ batchId: oldest!.batchId, contributionIds: [expect.stringMatching(/^0x/)] });
    expect((await client.getQueue()).map(({ batchId }) => batchId)).toContain(younger!.batchId);
  });

  it('waits for room where the app wants that', async () => {
    const world = createWorld();
    const client = await filled(world, { queue: { ...queue, whenFull: 'pause' } }, 2);
    const types: string[] = [];
    client.on('queue', ({ type }) => types.push(type));
    let done = false;
    const third = client
      .contribute({ datasetId: DATASET, items: [block(3)], until: 'queued' })
      .then(() => (done = true));
    await eventually(() => types.includes('FULL'));
    expect(done).toBe(false);
    const [oldest] = await client.getQueue();
    await client.discardBatch({ batchId: oldest!.batchId });
    await third;
    expect(types).toEqual(['FULL', 'ROOM']);
  });

  it('does not wait for room that can never be', async () => {
    const client = createWorld().client({ seed: SEED, queue: { maxBytes: 100_000, whenFull: 'pause' } });
    await consentTo(client);
    await expect(client.contribute({ datasetId: DATASET, items: [block(1)] })).rejects.toMatchObject({
      code: 'QUEUE_FULL',
    });
  });
});

/** The same store as seen by a new process. */
function withStoreOf(platform: Platform): Platform {
  const { resumeStore: store } = platform;
  return {
    ...platform,
    resumeStore: {
      get: (key) => store.get(key),
      put: (key, value) => store.put(key, value),
      delete: (key) => store.delete(key),
      list: (prefix) => store.list(prefix),
    },
  };
}

describe('the queue', () => {
  it('is sent in the order in which it was filled, whatever the clock says', async () => {
    const world = createWorld();
    const platform = world.platform();
    let time = Date.now();
    platform.clock = { now: () => time, sleep: offline };
    const before = await filled(world, { platform }, 0);
    for (const text of ['a', 'b', 'c', 'd']) {
      await before.contribute({ datasetId: DATASET, items: [item(text)], until: 'queued' });
      time -= 3_600_000;
    }
    await before.close();
    const { committed } = await world.client({ seed: SEED, platform: withStoreOf(platform) }).resume();
    expect(committed).toHaveLength(4);
    expect(await openCommits(world.api, SEED)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('rests encrypted: no plaintext, no metadata and no consent in what the platform stores', async () => {
    const world = createWorld();
    const platform = world.platform();
    const client = await filled(world, { platform }, 0);
    const secret = { ...item('canary in bytes'), metadata: { note: 'canary in metadata' } };
    await client.contribute({ datasetId: DATASET, items: [secret], until: 'queued' });
    await client.collect({ datasetId: DATASET, value: 'canary in a reading' });
    const names = await platform.resumeStore.list('');
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      const text = Buffer.from((await platform.resumeStore.get(name)) as Uint8Array).toString('latin1');
      expect(text).not.toMatch(/canary|contributorRef|mediaType|purposes/);
    }
    const [batch] = names.filter((name) => name.startsWith('batch/'));
    await platform.resumeStore.put(
      batch!,
      (await platform.resumeStore.get(names.find((n) => n.startsWith('consent/'))!))!,
    );
    await expect(world.client({ seed: SEED, platform: withStoreOf(platform) }).getQueue()).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
  });

  it('writes a batch of small items with few durable writes', async () => {
    const world = createWorld();
    const platform = world.platform();
    const client = await filled(world, { platform }, 0);
    const keys: string[] = [];
    const put = platform.resumeStore.put.bind(platform.resumeStore);
    platform.resumeStore.put = (key, value) => {
      keys.push(key);
      return put(key, value);
    };
    const items = Array.from({ length: 200 }, (_, i) => item(`reading ${i}`));
    await client.contribute({ datasetId: DATASET, items, until: 'queued' });
    expect(keys.length).toBeLessThan(6);
    await world.client({ seed: SEED, platform: withStoreOf(platform) }).resume();
    expect(await openCommits(world.api, SEED)).toEqual(items.map((_, i) => `reading ${i}`));
  });
});

describe('collect', () => {
  it('makes one batch of 30 readings, in their order', async () => {
    const world = createWorld();
    const client = world.client({ seed: SEED, platform: { ...world.platform(), clock: handClock() } });
    await consentTo(client, ['TRAIN']);
    for (let i = 0; i < 30; i++) await client.collect({ datasetId: DATASET, value: i });
    await eventually(() => world.api.commits.length === 1);
    expect(await openCommits(world.api, SEED)).toEqual(Array.from({ length: 30 }, (_, i) => String(i)));
  });

  it('sends fewer after 30 seconds', async () => {
    const world = createWorld();
    const clock = handClock();
    const client = world.client({ seed: SEED, platform: { ...world.platform(), clock } });
    await consentTo(client, ['TRAIN']);
    await client.collect({ datasetId: DATASET, value: 'a' });
    await clock.move(29_000);
    await client.collect({ datasetId: DATASET, value: 'b' });
    expect(await client.getQueue()).toEqual([]);
    await clock.move(1_000);
    await eventually(() => world.api.commits.length === 1);
    expect(await openCommits(world.api, SEED)).toEqual(['"a"', '"b"']);
  });

  it('keeps readings that cannot become a batch, and says so', async () => {
    const world = createWorld();
    const client = world.client({
      seed: SEED,
      queue: { maxBytes: 10 },
      platform: { ...world.platform(), clock: handClock() },
    });
    await consentTo(client, ['TRAIN']);
    const events: QueueEvent[] = [];
    client.on('queue', (event) => events.push(event));
    await client.collect({ datasetId: DATASET, value: 'kept' });
    await expect(client.flush({ datasetId: DATASET })).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(events.at(-1)).toMatchObject({ type: 'HELD', readings: 1, code: 'QUEUE_FULL' });
    expect(await client.collect({ datasetId: DATASET, value: 'too' })).toEqual({ waiting: 2 });
  });

  it('asks for consent, and for contribute where a reading is large', async () => {
    const client = createWorld().client({ seed: SEED });
    await expect(client.collect({ datasetId: DATASET, value: 1 })).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
    await consentTo(client);
    await expect(client.collect({ datasetId: DATASET, value: new Uint8Array(LEAF_SIZE) })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });
});

describe('upload policies', () => {
  const deviceOf = (state: { network: string; charging: boolean | undefined }): DeviceState & { change(): void } => {
    const listeners = new Set<() => void>();
    return {
      network: async () => state.network as never,
      charging: async () => state.charging,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      change: () => listeners.forEach((listener) => listener()),
    };
  };

  it('wait for Wi-Fi and for power, and go on by themselves when both are there', async () => {
    const world = createWorld();
    const state = { network: 'cellular', charging: false as boolean | undefined };
    const device = deviceOf(state);
    const client = world.client({
      seed: SEED,
      upload: { wifiOnly: true, chargingOnly: true },
      platform: { ...world.platform(), device, clock: handClock() },
    });
    await consentTo(client, ['TRAIN']);
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'WAITING_FOR_WIFI',
    });
    const stop = client.startUploads();
    state.network = 'wifi';
    const codes: unknown[] = [];
    client.on('state', (event) => codes.push(event.code ?? event.state));
    device.change();
    await eventually(() => codes.includes('WAITING_FOR_POWER'));
    expect(world.api.seen.filter(({ kind }) => kind === 'put')).toEqual([]);
    state.charging = true;
    device.change();
    await eventually(() => world.api.commits.length === 1);
    stop();
  });

  it('hold back where the platform cannot tell', async () => {
    const world = createWorld();
    const client = world.client({ seed: SEED, upload: { wifiOnly: true } });
    await consentTo(client, ['TRAIN']);
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'WAITING_FOR_WIFI',
    });
  });

  it('keep to a data cap over restarts, and go on in the next period with the same ciphertext', async () => {
    const world = createWorld();
    const clock = handClock();
    const platform = { ...world.platform(), clock };
    const upload = { dataCap: { bytes: 1_500_000, seconds: 86_400 } };
    const first = world.client({ seed: SEED, platform, upload });
    await consentTo(first, ['TRAIN']);
    const sent = (): number => [...world.api.blocks.values()].reduce((sum, each) => sum + each.length, 0);
    const bytes = new Uint8Array(3 * LEAF_SIZE);
    await expect(first.contribute({ datasetId: DATASET, items: [{ bytes, mediaType: 'x/y' }] })).rejects.toMatchObject({
      code: 'DATA_CAP_REACHED',
      retryAt: expect.any(Number),
    });
    expect(sent()).toBeLessThanOrEqual(1_500_000);
    const second = world.client({ seed: SEED, platform: withStoreOf(platform), upload });
    expect((await second.resume()).waiting).toMatchObject([{ error: { code: 'DATA_CAP_REACHED' } }]);
    for (let day = 0; day < 4; day++) {
      await clock.move(86_400_000);
      await second.resume();
    }
    expect(world.api.commits).toHaveLength(1);
    expect(world.api.blocks.size).toBe(4);
  });
});

describe('a clock that is wrong', () => {
  it.each([
    ['two years behind', -2],
    ['two years ahead', 2],
  ])('%s: the API sees grants and withdrawals of today', async (_, years) => {
    const world = createWorld();
    const wrong = { now: () => Date.now() + years * 365 * 86_400_000, sleep: offline };
    const fetch: Platform['fetch'] = async (url, init) => {
      const response = await world.api.fetch(url, init);
      response.headers.set('date', new Date().toUTCString());
      return response;
    };
    const client = world.client({ seed: SEED, platform: { ...world.platform(), clock: wrong, fetch } });
    await consentTo(client, ['TRAIN']);
    await client.contribute({ datasetId: DATASET, items: [item('x')] });
    const days = (world.api.commits[0]!.grant.validUntil - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(88);
    expect(days).toBeLessThan(91);
  });
});

describe('what a device keeps of a contribution', () => {
  it('proves it without the API, until it is erased', async () => {
    const world = createWorld();
    const client = world.client({ seed: SEED });
    await consentTo(client, ['TRAIN']);
    const items = ['one', 'two', 'three'].map(item);
    const { contributionIds, root } = await client.contribute({ datasetId: DATASET, items });
    world.api.intercept = offline;
    const receipt = await client.getContributionReceipt({ datasetId: DATASET, contributionId: contributionIds[1]! });
    expect(receipt).toMatchObject({ index: 1, batch: { root, count: 3 }, metadata: { mediaType: 'text/plain' } });
    const leaf = contributionLeaf(receipt!.contribution);
    expect(verifyContributionProof(root!, leaf, receipt!.index, receipt!.proof as never)).toBe(true);
    expect(receipt!.wrappedDek).toBe(world.api.commits[0]!.contributions[1]!.wrappedDek);
    expect(await client.getContributionReceipt({ datasetId: DATASET, contributionId: root! })).toBeNull();

    world.api.intercept = () => undefined;
    world.api.resolvers['contributionWithdraw'] = () => ({
      __typename: 'Refused',
      code: 'ITEM_WITHDRAWN',
      message: '',
    });
    await client.erase({ datasetId: DATASET, contributionId: contributionIds[1]! });
    const erased = await client.getContributionReceipt({ datasetId: DATASET, contributionId: contributionIds[1]! });
    expect(erased).toMatchObject({ wrappedDek: null, metadata: null, index: 1 });
  });

  it('erases what has not left the device', async () => {
    const world = createWorld();
    const platform = world.platform();
    const before = await filled(world, { platform }, 1);
    await before.close();
    const client = world.client({ seed: SEED, platform: withStoreOf(platform) });
    const queued = await client.getQueue();
    expect(queued).toHaveLength(1);
    const id = queued[0]!.contributionIds[0]!;
    expect(await client.erase({ datasetId: DATASET, contributionId: id })).toEqual({
      where: 'device',
      contribution: null,
    });
    expect(await platform.resumeStore.list('spool/')).toEqual([]);
  });
});
