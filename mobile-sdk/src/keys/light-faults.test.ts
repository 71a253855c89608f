import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLightKeyGate } from './light.ts';
import type { KeyGate } from './key-gate.port.ts';
import { signForKeeper } from './session-sync.ts';
import type { KeySession } from './session.ts';
import { CONFIRMATIONS, kill, startKeyNetwork } from './testing/key-network.ts';
import type { TestKeyNetwork } from './testing/key-network.ts';
import { datasetId, sealedKek } from './testing/records.ts';
import type { SealedFixture } from './testing/records.ts';

/** Faults of keepers as the light client meets them: real processes, three keepers, two shares needed. */
describe('the light client with faulty keepers', () => {
  let network: TestKeyNetwork;
  let gate: KeyGate;
  let session: KeySession;
  let fixtures: SealedFixture[];

  beforeAll(async () => {
    network = await startKeyNetwork();
    gate = createLightKeyGate({ ...network, timeoutMs: 20_000, hedgeMs: 500 });
    await network.license(network.wallet(1).address, datasetId, 1);
    await network.mine(CONFIRMATIONS);
    await sleep(150);
    session = await gate.startSession(network.wallet(1));
    fixtures = [1, 2, 3].map((i) => sealedKek(network, network.wallet(10 + i).address));
  });

  afterEach(() => network.repair());
  afterAll(() => network.stop());

  const open = () =>
    gate.open(
      fixtures.map(({ record }) => record),
      session,
    );
  const opened = () => fixtures.map(({ key }) => ({ ok: true, key }));
  const refusedWith = (code: string) => fixtures.map(() => expect.objectContaining({ ok: false, code }));

  it('opens with one keeper dead, again and again', async () => {
    await kill(network.keepers[1]!.child);
    for (let i = 0; i < 4; i++) expect(await open()).toEqual(opened());
    expect(await gate.health()).toMatchObject({ keepers: 3, up: 2, threshold: 2 });
  });

  it('opens with one keeper frozen, without waiting for its time-out', async () => {
    network.freezeKeeper(0);
    const startedAt = Date.now();
    for (let i = 0; i < 2; i++) expect(await open()).toEqual(opened());
    expect(Date.now() - startedAt).toBeLessThan(20_000);
  });

  it('does not open with one keeper left: fewer shares than the threshold give nothing', async () => {
    await Promise.all([0, 2].map((i) => kill(network.keepers[i]!.child)));
    expect(await open()).toEqual(refusedWith('UNAVAILABLE'));
  });

  it('opens with one keeper that signs with a wrong secret, and names it when nothing else is left', async () => {
    await network.corruptKeeper(2);
    for (let i = 0; i < 3; i++) expect(await open()).toEqual(opened());
    await kill(network.keepers[0]!.child);
    const results = await open();
    expect(results).toEqual(refusedWith('INVALID_SHARE'));
    expect(results[0]).toMatchObject({ detail: expect.stringContaining('keeper 3 gave a wrong share') });
  });

  it('does not count the share of one keeper twice', async () => {
    await network.impersonate(1, 0);
    for (let i = 0; i < 3; i++) expect(await open()).toEqual(opened());
    await kill(network.keepers[2]!.child);
    expect(await open()).toEqual(refusedWith('INVALID_SHARE'));
  });

  it('opens after a restart of the keepers', async () => {
    expect(await open()).toEqual(opened());
    await Promise.all(network.keepers.map(({ child }) => kill(child, 'SIGTERM')));
    await Promise.all(network.keepers.map((_, i) => network.restartKeeper(i)));
    expect(await open()).toEqual(opened());
  });

  it('follows the registry when a keeper is switched off, and refuses a registry that differs', async () => {
    await kill(network.keepers[1]!.child);
    await (await network.registry['setActive']!(network.wallet(101).address, false)).wait();
    const fresh = createLightKeyGate(network);
    expect(await fresh.health()).toMatchObject({ keepers: 2, up: 2 });
    expect((await fresh.open([fixtures[0]!.record], session))[0]).toEqual({ ok: true, key: fixtures[0]!.key });
    const otherKey = `0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb`;
    for (const changes of [{ networkKey: otherKey }, { keeperRegistry: network.world }, { chainId: 8453 }]) {
      const misled = createLightKeyGate({ ...network, ...changes });
      await expect(misled.open([fixtures[0]!.record], session)).rejects.toMatchObject({ code: 'REGISTRY_MISMATCH' });
    }
  });

  it('has keepers refuse a session signature made for another keeper', async () => {
    const authSig = signForKeeper(session, network.keepers[1]!.url);
    const { record } = fixtures[0]!;
    const identities = [{ ...record, seals: undefined, dataHash: record.seals[0]!.dataHash }];
    const response = await fetch(`${network.keepers[0]!.url}/allod/v1/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ authSig, challenge: '00'.repeat(32), identities }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'SESSION_NOT_FOR_NODE' });
  });
});
