import type { SealedKeyRecord } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import type { KeyResult } from '../keys/key-gate.port.ts';
import type { Account } from './account.ts';
import { dropKeySession, keySessionOf } from './keySessions.ts';

/** Asks the keepers for keys on behalf of an account; a session that they call expired is renewed once. */
export async function openKeys(
  client: ClientContext,
  account: Account,
  records: readonly SealedKeyRecord[],
): Promise<KeyResult[]> {
  if (records.length === 0) return [];
  const results = await client.keyGate.open(records, await keySessionOf(client, account));
  if (!results.some((result) => !result.ok && result.code === 'SESSION_EXPIRED')) return results;
  dropKeySession(client, account);
  return client.keyGate.open(records, await keySessionOf(client, account));
}
