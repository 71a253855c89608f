import { topKek } from '@allod/protocol';
import type { ClientContext, RefAccount } from '../context.ts';

/** KEK_1023 of a consent: the top of its chain, from which the keys of every intake follow. */
export async function topKekOf(
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  consentHash: string,
): Promise<Uint8Array> {
  return topKek(ref.refSeed, client.chain.chainId, datasetId, consentHash);
}
