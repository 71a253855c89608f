import type { Seal } from '@allod/protocol';
import { describe, expect, it } from '@jest/globals';
import { createFakeKeyGate } from '../keys/fake.ts';
import type { KeyGate } from '../keys/key-gate.port.ts';
import type { Platform } from '../platform/ports.ts';
import { CrashingStore } from '../testing/crashingStore.ts';
import { CHAIN_ID } from '../testing/fakeChain.ts';
import { consentTo, createWorld, DATASET, seedOf, type World } from '../testing/fixtures.ts';
import { openCommits } from '../testing/openCommits.ts';

const SEED = seedOf(77);

/** Real seals, each made once: the same key of the same consent is sealed in every life. */
const keyGate = ((): KeyGate => {
  const inner = createFakeKeyGate({ chainId: CHAIN_ID, allows: () => true });
  const seals = new Map<string, Promise<Seal>>();
  const seal: KeyGate['seal'] = (key, condition) => {
    const name = JSON.stringify([[...key], condition]);
    const made = seals.get(name) ?? inner.seal(key, condition);
    seals.set(name, made);
    return made;
  };
  return {
    networkKey: inner.networkKey,
    seal,
    startSession: (signer, options) => inner.startSession(signer, options),
    open: (records, session) => inner.open(records, session),
    health: () => inner.health(),
    close: () => inner.close(),
  };
})();

/** What a device does in a short life. @returns the texts whose acknowledgement the app saw */
async function life(world: World, platform: Platform): Promise<string[]> {
  const client = world.client({ seed: SEED, platform, keyGate });
  const acknowledged: string[] = [];
  const acknowledge = async (texts: string[], work: Promise<unknown>): Promise<void> => {
    await work;
    acknowledged.push(...texts);
  };
  try {
    await consentTo(client, ['TRAIN']);
    for (let i = 0; i < 3; i++)
      await acknowledge([`"reading ${i}"`], client.collect({ datasetId: DATASET, value: `reading ${i}` }));
    await client.flush({ datasetId: DATASET });
    const items = ['one', 'two'].map((text) => ({ bytes: new Blob([text]), mediaType: 'text/plain' }));
    await acknowledge(['one', 'two'], client.contribute({ datasetId: DATASET, items, until: 'queued' }));
    await acknowledge(['"late"'], client.collect({ datasetId: DATASET, value: 'late' }));
    await client.resume();
  } catch (error) {
    if (!(platform.resumeStore as CrashingStore).dead) throw error;
  }
  await client.close();
  return acknowledged;
}

/** A world whose clock does not run, so that nothing is sent before the life says so. */
function stillWorld(): World & { platformOn(store: Platform): Platform } {
  const world = createWorld();
  const never = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped'))));
  const clock = { now: () => Date.now(), sleep: never };
  return { ...world, platform: () => ({ ...world.platform(), clock }), platformOn: (each) => ({ ...each, clock }) };
}

describe('kill -9 at every write of the store', () => {
  it.each([
    ['before it is done', false, 1],
    // Leaves the store as dying before the next write does; only what the app was told differs.
    ['right after it is done', true, 4],
  ])(
    '%s: what was acknowledged is committed exactly once, nothing twice',
    async (_, applied, step) => {
      const dry = stillWorld();
      const counting = new CrashingStore(dry.platform().resumeStore, Infinity, false);
      const all = await life(dry, { ...dry.platform(), resumeStore: counting });
      expect(all).toHaveLength(6);
      expect(counting.writes).toBeGreaterThan(25);

      for (let at = 1; at <= counting.writes; at += step) {
        const world = stillWorld();
        const platform = world.platform();
        const acknowledged = await life(world, {
          ...platform,
          resumeStore: new CrashingStore(platform.resumeStore, at, applied),
        });
        const after = world.client({ seed: SEED, platform, keyGate });
        if (acknowledged.length === 0) await consentTo(after, ['TRAIN']);
        const { waiting } = await after.resume();
        expect(waiting).toEqual([]);
        const committed = await openCommits(world.api, SEED);
        expect([...new Set(committed)]).toHaveLength(committed.length);
        for (const text of acknowledged) expect(committed).toContain(text);
        expect(await after.getQueue()).toEqual([]);
        const left = await platform.resumeStore.list('');
        expect(left.filter((key) => /^(spool|batch|reading)\//.test(key) && !isAbandoned(key, left))).toEqual([]);
        await after.close();
      }
    },
    180_000,
  );
});

/** Ciphertext of an encryption that the crash cut short; it is swept an hour later. */
function isAbandoned(key: string, all: string[]): boolean {
  return all.includes(`sealing/${key.split('/')[1]}`);
}
