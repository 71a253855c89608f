import { topKek } from '@allod/protocol';
import type { ClientContext, RefAccount } from '../context.ts';
import type { SignedRecordInput } from '../graphql/generated.ts';
import { loadJson } from '../store.ts';

/** Where a wallet's KEK_1023 rests in the platform's key store. */
export const ownerKekSecret = (client: ClientContext, consentHash: string): string =>
  `kek/${client.chain.chainId}/${consentHash.toLowerCase()}`;
/** Where its sealed record rests in the durable store. */
export const ownerKekRecord = (consentHash: string): string => `owner-kek/${consentHash.toLowerCase()}`;

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

/** The owner's sealed key, as it goes with each batch; undefined before the wallet has consented here. */
export function loadOwnerKek(client: ClientContext, consentHash: string): Promise<SignedRecordInput | undefined> {
  return loadJson<SignedRecordInput>(client.platform.resumeStore, ownerKekRecord(consentHash));
}
