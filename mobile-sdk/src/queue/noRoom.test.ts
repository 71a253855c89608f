import { describe, expect, it } from '@jest/globals';
import type { UploadEvent } from '../events.ts';
import type { ResumeStore } from '../platform/ports.ts';
import { consentTo, createWorld, DATASET, seedOf } from '../testing/fixtures.ts';
import { openCommits } from '../testing/openCommits.ts';

const SEED = seedOf(17);
const item = { bytes: new TextEncoder().encode('kept'), mediaType: 'text/plain' };

/** A disk: a value that replaces another takes room beside it, until it is written. */
class SmallStore implements ResumeStore {
  capacity = Infinity;
  readonly #values = new Map<string, Uint8Array>();

  get used(): number {
    return [...this.#values.values()].reduce((sum, value) => sum + value.length, 0);
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    if (this.used + value.length > this.capacity) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    this.#values.set(key, value.slice());
  }
  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#values.get(key)?.slice();
  }
  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }
  async list(prefix: string): Promise<string[]> {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

describe('a device that its queue filled to the brim', () => {
  it('refuses new items, sends what it has in the room that was kept for that, and then takes new ones', async () => {
    const world = createWorld();
    const resumeStore = new SmallStore();
    const online = { ...world.platform(), resumeStore };
    const offline = { ...online, fetch: () => new Promise<never>(() => undefined) };
    const before = world.client({ seed: SEED, platform: offline });
    await consentTo(before, ['TRAIN']);
    resumeStore.capacity = resumeStore.used + 3_000_000;
    const texts: string[] = [];
    const items = (): { bytes: Uint8Array; mediaType: string }[] =>
      Array.from({ length: 30 }, (_, i) => {
        const text = `${texts.length + i} ${'x'.repeat(5_000)}`;
        return { bytes: new TextEncoder().encode(text), mediaType: 'text/plain' };
      });
    for (;;) {
      const next = items();
      const failure = await before
        .contribute({ datasetId: DATASET, items: next, until: 'queued' })
        .then(() => undefined)
        .catch((error: unknown) => error);
      if (failure) {
        expect(failure).toMatchObject({ code: 'STORAGE_FULL' });
        break;
      }
      texts.push(...next.map(({ bytes }) => new TextDecoder().decode(bytes)));
    }
    expect(texts.length).toBeGreaterThan(100);
    await before.close();
    resumeStore.capacity = resumeStore.used;

    const client = world.client({ seed: SEED, platform: { ...online, keyStore: offline.keyStore } });
    const { waiting } = await client.resume();
    expect(waiting).toEqual([]);
    expect(await openCommits(world.api, SEED)).toEqual(texts);
    const { contributionIds } = await client.contribute({ datasetId: DATASET, items: items() });
    expect(contributionIds).toHaveLength(30);
  });
});

describe('an API without room', () => {
  it('makes the queue wait and say so, and later gets the same ciphertext', async () => {
    const world = createWorld();
    const client = world.client({ seed: SEED });
    await consentTo(client, ['TRAIN']);
    const events: UploadEvent[] = [];
    client.on('state', (event) => events.push(event));
    const sent: string[] = [];
    let full = true;
    world.api.intercept = ({ kind, name }) => {
      if (kind !== 'put') return undefined;
      sent.push(name);
      return full
        ? new Response('{"code":"UNAVAILABLE"}', { status: 507, headers: { 'retry-after': '90' } })
        : undefined;
    };
    const before = Date.now();
    await expect(client.contribute({ datasetId: DATASET, items: [item] })).rejects.toMatchObject({
      code: 'SERVER_FULL',
      retryAfter: 90,
    });
    expect(sent).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ state: 'WAITING', code: 'SERVER_FULL' });
    expect(events.at(-1)!.retryAt! - before).toBeGreaterThanOrEqual(90_000);
    expect(await client.getQueue()).toMatchObject([{ items: 1, refusal: null }]);

    full = false;
    await client.resume();
    expect(await openCommits(world.api, SEED)).toEqual(['kept']);
    expect(new Set(sent).size).toBe(1);
    expect(world.slept).toEqual([]);
    await client.close();
  });
});
