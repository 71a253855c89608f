import { topKek } from '@allod/protocol';
import type { ClientContext, RefAccount } from '../context.ts';
import { ownerKekSecret } from './ownerKekStore.ts';

/**
 * KEK_1023 of a consent: the top of its chain, from which the keys of every intake follow. A seed derives it. A wallet made it at random
 * when it consented: it rests in the platform's key store, and a device that has it not gets it from the keepers.
 *
 * @throws `OWNER_KEY_MISSING`, and the keepers' code when they do not give it
 */
export async function topKekOf(
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  consentHash: string,
): Promise<Uint8Array> {
  if (ref.refSeed) return topKek(ref.refSeed, client.chain.chainId, datasetId, consentHash);
  const kept = await client.platform.keyStore.get(ownerKekSecret(client, consentHash));
  if (kept) return kept;
  const { restoreOwnerKek } = await import('./ownerKek.ts');
  return restoreOwnerKek(client, ref, datasetId, consentHash);
}
