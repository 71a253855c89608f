import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLightKeyGate } from './light.ts';
import type { KeyGate } from './key-gate.port.ts';
import { createKeySession } from './session.ts';
import { CONFIRMATIONS, startKeyNetwork } from './testing/key-network.ts';
import type { TestKeyNetwork } from './testing/key-network.ts';
import { datasetId, sealedKek } from './testing/records.ts';

describe('sessions of the light client', () => {
  let network: TestKeyNetwork;
  let gate: KeyGate;

  beforeAll(async () => {
    network = await startKeyNetwork();
    gate = createLightKeyGate({ ...network, timeoutMs: 30_000 });
    for (const user of [network.wallet(1).address, network.world]) await network.license(user, datasetId, 1);
    await network.mine(CONFIRMATIONS);
    await sleep(150);
  });
  afterAll(() => network.stop());

  const fixture = () => sealedKek(network, network.wallet(5).address);
  const smartAccount = (owner: number) => ({
    getAddress: async () => network.world,
    signMessage: (message: string) => network.wallet(owner).signMessage(message),
  });

  it('may stand for a contract account (ERC-1271)', async () => {
    const { record, key } = fixture();
    const session = await gate.startSession(smartAccount(0));
    expect(session.account).toBe(network.world);
    expect((await gate.open([record], session))[0]).toEqual({ ok: true, key });
  });

  it('may not stand for a contract account whose contract says no', async () => {
    const session = await gate.startSession(smartAccount(1));
    expect((await gate.open([fixture().record], session))[0]).toMatchObject({ ok: false, code: 'SESSION_EXPIRED' });
  });

  it('opens more records than one batch holds', async () => {
    const { record, key } = fixture();
    const session = await gate.startSession(network.wallet(1));
    const results = await gate.open(
      Array.from({ length: 501 }, (_, i) => (i === 500 ? record : { ...record, validUntil: 1_600_000_000 + i })),
      session,
    );
    expect(results.slice(0, 500).every((result) => !result.ok && result.code === 'NOT_AUTHORIZED')).toBe(true);
    expect(results[500]).toEqual({ ok: true, key });
  });

  it.each([
    ['a foreign domain', { domain: 'evil.example.org' }],
    ['a life of two days', { lifetimeSeconds: 172_800 }],
  ])('are not accepted with %s', async (_, options) => {
    const session = await gate.startSession(network.wallet(1), options);
    expect((await gate.open([fixture().record], session))[0]).toMatchObject({
      ok: false,
      code: 'SESSION_EXPIRED',
      detail: expect.stringContaining('SESSION_INVALID'),
    });
  });

  it('are not accepted with a nonce that is no block', async () => {
    const session = await createKeySession(network.wallet(1), {
      nonce: `0x${'00'.repeat(32)}`,
      chainId: network.chainId,
    });
    expect((await gate.open([fixture().record], session))[0]).toMatchObject({ ok: false, code: 'SESSION_EXPIRED' });
  });

  it('do not start while no keeper answers', async () => {
    const deaf = createLightKeyGate({
      ...network,
      fetch: (url, init) =>
        url.startsWith(network.rpcUrl) ? fetch(url, init) : Promise.reject(new TypeError('fetch failed')),
    });
    await expect(deaf.startSession(network.wallet(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
