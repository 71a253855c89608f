import { describe, expect, test } from '@jest/globals';
import type { SealedKeyRecord } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import type { KeyResult } from '../keys/key-gate.port.ts';
import type { Account } from './account.ts';
import { openKeys } from './openKeys.ts';

const record = (version: number): SealedKeyRecord => ({ kind: 'kek', version }) as SealedKeyRecord;
const opened = (byte: number): KeyResult => ({ ok: true, key: new Uint8Array(32).fill(byte) });
const refused = (code: 'UNAVAILABLE' | 'NOT_AUTHORIZED', detail: string): KeyResult => ({ ok: false, code, detail });

/** A client whose keepers answer as told, one list per request, on a clock that sleeping moves. */
function clientOf(answers: (records: readonly SealedKeyRecord[], request: number) => KeyResult[]) {
  const asked: number[][] = [];
  let now = 0;
  const client = {
    platform: { clock: { now: () => now, sleep: async (ms: number) => void (now += ms) } },
    keyGate: {
      startSession: async () => ({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
      open: async (records: readonly SealedKeyRecord[]) => {
        asked.push(records.map((each) => (each as { version: number }).version));
        return answers(records, asked.length - 1);
      },
    },
  } as unknown as ClientContext;
  return { client, asked };
}
const account = (): Account => ({ address: `0x${'11'.repeat(20)}`, signer: {} }) as unknown as Account;

describe('openKeys', () => {
  test('asks again for what is not confirmed yet, and only for that', async () => {
    const { client, asked } = clientOf((records, request) =>
      records.map((_, i) =>
        request < 2 && i === records.length - 1 ? refused('UNAVAILABLE', 'keeper 1: NOT_CONFIRMED') : opened(i),
      ),
    );
    const results = await openKeys(client, account(), [record(1), record(2)]);
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(asked).toEqual([[1, 2], [2], [2]]);
  });

  test('takes a refusal as it is', async () => {
    const { client, asked } = clientOf(() => [refused('NOT_AUTHORIZED', 'no license')]);
    expect(await openKeys(client, account(), [record(1)])).toEqual([refused('NOT_AUTHORIZED', 'no license')]);
    expect(asked).toHaveLength(1);
  });

  test('gives up after a minute and says why', async () => {
    const { client, asked } = clientOf(() => [refused('UNAVAILABLE', 'NOT_CONFIRMED')]);
    expect(await openKeys(client, account(), [record(1)])).toEqual([refused('UNAVAILABLE', 'NOT_CONFIRMED')]);
    expect(asked.length).toBeGreaterThan(10);
  });
});
