import type { SealedLabelKey } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { AllodError } from '../errors/base.ts';
import type { Account } from './account.ts';
import { openKeys } from './openKeys.ts';

/** Packs whose keys are kept, and for how long, in milliseconds: a pack that is held afterwards is gone by then. */
const KEPT = 64;
const LIFETIME = 10 * 60_000;

interface KeptKey {
  key: Uint8Array;
  until: number;
}

const kept = new WeakMap<ClientContext, Map<string, KeptKey>>();

/**
 * Label key of a pack from the keepers, asked once per pack rather than once per item: keepers count releases per labeler and
 * day. Kept in memory for ten minutes. Throws AllodError with the keepers' code.
 */
export async function labelKeyOf(client: ClientContext, labeler: Account, record: SealedLabelKey): Promise<Uint8Array> {
  const ofClient = kept.get(client) ?? new Map<string, KeptKey>();
  kept.set(client, ofClient);
  const name = `${labeler.address}/${record.packId}/${record.seals[0]?.dataHash ?? ''}`.toLowerCase();
  const now = client.platform.clock.now();
  const known = ofClient.get(name);
  if (known && known.until > now) return known.key;
  const [result] = await openKeys(client, labeler, [record]);
  if (!result?.ok) {
    throw new AllodError(result?.code ?? 'UNAVAILABLE', result?.detail ?? 'the keepers did not answer', {
      details: { packId: record.packId },
    });
  }
  ofClient.delete(name);
  ofClient.set(name, { key: result.key, until: now + LIFETIME });
  for (const oldest of ofClient.keys()) {
    if (ofClient.size <= KEPT) break;
    ofClient.delete(oldest);
  }
  return result.key;
}
