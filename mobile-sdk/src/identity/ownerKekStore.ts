import type { ClientContext } from '../context.ts';
import type { SignedRecordInput } from '../graphql/generated.ts';
import { loadJson } from '../store.ts';

/** Where a wallet's KEK_1023 rests in the platform's key store. */
export const ownerKekSecret = (client: ClientContext, consentHash: string): string =>
  `kek/${client.chain.chainId}/${consentHash.toLowerCase()}`;
/** Where its sealed record rests in the durable store. */
export const ownerKekRecord = (consentHash: string): string => `owner-kek/${consentHash.toLowerCase()}`;

/** The owner's sealed key, as it goes with each batch; undefined before the wallet has consented here. */
export function loadOwnerKek(client: ClientContext, consentHash: string): Promise<SignedRecordInput | undefined> {
  return loadJson<SignedRecordInput>(client.platform.resumeStore, ownerKekRecord(consentHash));
}
