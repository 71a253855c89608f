import {
  contentAad,
  FLOE,
  floeOpen,
  fromHex,
  refSeed,
  type SealedKek,
  topKek,
  unwrapDek,
  walkKek,
} from '@allod/protocol';
import { CHAIN_ID } from './fakeChain.ts';
import type { FakeApi } from './fakeApi.ts';
import { SCHEMA_HASH } from './fixtures.ts';

/** Opens everything that was committed, as only the contributor can. @returns texts in the order of commits */
export async function openCommits(api: FakeApi, seed: Uint8Array): Promise<string[]> {
  const texts: string[] = [];
  for (const commit of api.commits) {
    const { datasetId } = commit;
    const { consentHash } = commit.sealedKek.record as SealedKek;
    const top = topKek(refSeed(seed, CHAIN_ID, datasetId), CHAIN_ID, datasetId, consentHash);
    const intake = commit.contributions[0]?.intake ?? 1;
    const kek = walkKek(top, 1023, intake);
    for (const item of commit.contributions) {
      const dek = unwrapDek(kek, fromHex(item.wrappedDek), item.contributionId);
      const aad = contentAad({ contributionId: item.contributionId, datasetId, schemaHash: SCHEMA_HASH });
      const body = Buffer.concat(item.leaves.map((leaf) => api.blocks.get(leaf) as Uint8Array));
      const plain = await floeOpen(dek, aad, fromHex(item.floeHeader), new Uint8Array(body), FLOE);
      texts.push(new TextDecoder().decode(plain));
    }
  }
  return texts;
}
