import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from '@noble/hashes/utils.js';
import { sealRecord, type SealedKek } from '@allod/protocol';
import { createLightKeyGate } from './light.ts';
import { createLitSdkKeyGate } from './lit-sdk.ts';
import { CONFIRMATIONS, kill, startKeyNetwork, type TestKeyNetwork } from './testing/key-network.ts';
import { datasetId, sealedKek } from './testing/records.ts';

/** Two independent key networks, each with keepers and a chain of its own, whose contracts have the same addresses. */
describe('a record that is sealed to two networks', () => {
  let first: TestKeyNetwork;
  let second: TestKeyNetwork;
  let record: SealedKek;
  const key = randomBytes(32);

  beforeAll(async () => {
    first = await startKeyNetwork({ keepers: 2 });
    second = await startKeyNetwork({ keepers: 2 });
    for (const network of [first, second]) {
      await network.license(network.wallet(1).address, datasetId, 1);
      await network.mine(CONFIRMATIONS);
    }
    await sleep(150);
    const { seals: _, ...terms } = sealedKek(first, first.wallet(5).address).record;
    record = sealRecord<SealedKek>(terms, key, [first.networkKey, second.networkKey]);
  }, 180_000);
  afterAll(() => Promise.all([first?.stop(), second?.stop()]));

  it('opens by either, and by the second alone when the first is off', async () => {
    expect(second.accessPolicy).toBe(first.accessPolicy);
    const gates = { first: createLightKeyGate(first), second: createLightKeyGate(second) };
    const sessions = {
      first: await gates.first.startSession(first.wallet(1)),
      second: await gates.second.startSession(second.wallet(1)),
    };
    expect(await gates.first.open([record], sessions.first)).toEqual([{ ok: true, key }]);
    expect(await gates.second.open([record], sessions.second)).toEqual([{ ok: true, key }]);

    await Promise.all(first.keepers.map(({ child }) => kill(child)));
    expect(await gates.first.open([record], sessions.first)).toEqual([
      expect.objectContaining({ ok: false, code: 'UNAVAILABLE' }),
    ]);
    expect(await gates.second.open([record], sessions.second)).toEqual([{ ok: true, key }]);
    const sdk = createLitSdkKeyGate(second);
    expect(await sdk.open([record], await sdk.startSession(second.wallet(1)))).toEqual([{ ok: true, key }]);
    await sdk.close();
  });

  it('opens nothing when the seals of two records are exchanged', async () => {
    const gate = createLightKeyGate(second);
    const session = await gate.startSession(second.wallet(1));
    const other = sealedKek(second, second.wallet(6).address).record;
    const mixed = { ...record, seals: other.seals };
    expect(await gate.open([mixed, other], session)).toEqual([
      expect.objectContaining({ ok: false, code: 'BAD_SEALED_KEY' }),
      expect.objectContaining({ ok: true }),
    ]);
  });
});
