import type { SealedKeyRecord } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import type { KeyResult } from '../keys/key-gate.port.ts';
import type { Account } from './account.ts';
import { dropKeySession, keySessionOf } from './keySessions.ts';

/** How long a purchase or qualification that is in a block may take to be confirmed for every keeper. */
const CONFIRMATION_MS = 60_000;

/**
 * Asks the keepers for keys on behalf of an account; a session that they call expired is renewed once. What is allowed by
 * the latest block but not yet by the confirmed one is asked again until it is, for at most a minute.
 */
export async function openKeys(
  client: ClientContext,
  account: Account,
  records: readonly SealedKeyRecord[],
): Promise<KeyResult[]> {
  const { clock } = client.platform;
  const results = await ask(client, account, records);
  const end = clock.now() + CONFIRMATION_MS;
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 3000)) {
    const unconfirmed = [...records.keys()].filter((i) => isUnconfirmed(results[i]));
    if (unconfirmed.length === 0 || clock.now() + wait > end) return results;
    await clock.sleep(wait);
    const again = await ask(
      client,
      account,
      unconfirmed.map((i) => records[i] as SealedKeyRecord),
    );
    unconfirmed.forEach((i, k) => (results[i] = again[k] as KeyResult));
  }
}

const isUnconfirmed = (result: KeyResult | undefined): boolean =>
  result?.ok === false && result.code === 'UNAVAILABLE' && result.detail.includes('NOT_CONFIRMED');

async function ask(client: ClientContext, account: Account, records: readonly SealedKeyRecord[]): Promise<KeyResult[]> {
  if (records.length === 0) return [];
  const results = await client.keyGate.open(records, await keySessionOf(client, account));
  if (!results.some((result) => !result.ok && result.code === 'SESSION_EXPIRED')) return results;
  dropKeySession(client, account);
  return client.keyGate.open(records, await keySessionOf(client, account));
}
