import type { ClientContext } from '../context.ts';
import type { KeySession } from '../keys/session.ts';
import type { Account } from './account.ts';

/** A key session with less than this left is renewed, in milliseconds. */
const MARGIN = 60_000;

const sessions = new WeakMap<ClientContext, Map<string, Promise<KeySession>>>();

/** The account's session with the keepers: one wallet signature opens any number of keys until it expires. In memory only. */
export async function keySessionOf(client: ClientContext, account: Account): Promise<KeySession> {
  const ofClient = sessions.get(client) ?? new Map<string, Promise<KeySession>>();
  sessions.set(client, ofClient);
  const key = account.address.toLowerCase();
  const session = await ofClient.get(key);
  if (session && Date.parse(session.expiresAt) - MARGIN > client.platform.clock.now()) return session;
  const started = client.keyGate.startSession(account.signer);
  started.catch(() => ofClient.delete(key));
  ofClient.set(key, started);
  return started;
}

/** Forgets a session that the keepers no longer accept. */
export function dropKeySession(client: ClientContext, account: Account): void {
  sessions.get(client)?.delete(account.address.toLowerCase());
}
