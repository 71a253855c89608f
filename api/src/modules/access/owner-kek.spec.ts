import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Code, OWNER_ONLY, sealedKeyHash, signStruct } from '@allod/protocol';
import type { KeyFile, Manifest, SealedKeyRecord } from '@allod/protocol';
import type { BaseWallet, HDNodeWallet } from 'ethers';
import type { ContributionCommitInput, SignedRecordInput } from '../../common/graphql/schema.generated.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

const OWNER_KEYS = 'query($d: Bytes32!) { ownerKeys(datasetId: $d) }';
const CLOSE = 'mutation($d: Bytes32!) { intakeClose(datasetId: $d) { __typename } }';
const PREPARE = 'mutation($d: Bytes32!) { versionPrepare(datasetId: $d) { ... on VersionDraft { manifestCid } } }';

describe('the key of a contributor without a seed', () => {
  let api: TestApp;
  let dataset: CuratedDataset;
  let who: TestContributor;

  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
    api.chain.readers.set('DatasetRegistry.latestVersion', () => 0n);
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 0n);
    api.relay.effects.set('ContributionRegistry.anchor', ([root, count]) => {
      const args = { root, count: String(count), by: api.relay.sender };
      api.chain.mine({ contract: 'ContributionRegistry', name: 'BatchAnchored', args });
    });
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    who = await new TestContributor(api, dataset).signIn();
  });

  /** KEK_1023 under owner-only terms, signed by the contributor's wallet. */
  const ownerKek = async (
    input: ContributionCommitInput,
    changes: object = {},
    signer: HDNodeWallet | BaseWallet = who.wallet,
    ciphertext = 'BBBB',
  ): Promise<SignedRecordInput> => {
    const { record: kek } = input.sealedKek as { record: SealedKeyRecord };
    const seals = [{ ...kek.seals[0]!, ciphertext }];
    const record = { ...kek, ...OWNER_ONLY, version: 1023, seals, ...changes } as SealedKeyRecord;
    const struct = { contributorRef: who.ref, datasetId: dataset.id, recordHash: sealedKeyHash(record) };
    const signature = await signStruct(signer, 'SealedKey', struct, 31337, api.env.CONTRACTS);
    return { record, signature, signer: signer.address };
  };
  const give = async (bend: (input: ContributionCommitInput) => Promise<void>, like?: ContributionCommitInput) => {
    const { input, leaves } = await who.batch({ count: 1 });
    if (like) {
      input.consent = like.consent;
      input.sealedKek = like.sealedKek;
      await who.signBatch(input);
    }
    for (const leaf of leaves) await who.upload(leaf);
    await bend(input);
    return { input, result: await who.commit(input) };
  };
  const kept = async (token = who.token): Promise<SealedKeyRecord[]> => {
    const { data } = await api.graphql<{ ownerKeys: { sealed: { record: SealedKeyRecord }[] } }>(
      OWNER_KEYS,
      { d: dataset.id },
      token,
    );
    return data.ownerKeys.sealed.map(({ record }) => record);
  };

  it('is kept once with the first batch, and given back to its contributor alone', async () => {
    let owner: SignedRecordInput | undefined;
    const first = await give(async (input) => void (input.ownerKek = owner = await ownerKek(input)));
    expect(first.result.__typename).toBe('ContributionBatchCommitted');
    const second = await give(async (input) => void (input.ownerKek = owner), first.input);
    expect(second.result.code).toBeUndefined();
    expect((await kept()).filter(({ purposes }) => purposes === 0)).toEqual([owner!.record]);
    const stranger = await new TestContributor(api, dataset).signIn();
    expect(await kept(stranger.token)).toEqual([]);
  });

  it('is not replaced by another one under the same consent', async () => {
    const first = await give(async (input) => void (input.ownerKek = await ownerKek(input)));
    const other = async (input: ContributionCommitInput) =>
      void (input.ownerKek = await ownerKek(input, {}, who.wallet, 'CCCC'));
    const { result } = await give(other, first.input);
    expect(result.code).toBe(Code.BAD_SEALED_KEY);
    expect((await kept()).filter(({ purposes }) => purposes === 0)).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ['that a license could open', { purposes: 1 }, Code.BAD_SEALED_KEY],
    ['with a time', { validUntil: 2_000_000_000 }, Code.BAD_SEALED_KEY],
    ['with a source', { sources: 1 }, Code.BAD_SEALED_KEY],
    ['of a lower place in the chain', { version: 5 }, Code.BAD_SEALED_KEY],
    ['of another consent', { consentHash: `0x${'77'.repeat(32)}` }, Code.BAD_SEALED_KEY],
  ])('is refused as a record %s', async (_, changes, code) => {
    const { result } = await give(async (input) => void (input.ownerKek = await ownerKek(input, changes)));
    expect(result.code).toBe(code);
    expect(await kept()).toEqual([]);
  });

  it('is refused when only the device signed it: another device could not trust it', async () => {
    const { result } = await give(
      async (input) => void (input.ownerKek = await ownerKek(input, {}, who.device as HDNodeWallet)),
    );
    expect(result.code).toBe(Code.WRONG_SIGNATURE);
  });

  it('is in no key file', async () => {
    await give(async (input) => void (input.ownerKek = await ownerKek(input)));
    await api.runOutbox();
    await api.confirm();
    await api.graphql(CLOSE, { d: dataset.id }, dataset.token);
    const { data } = await api.graphql<{ versionPrepare: { manifestCid: string } }>(
      PREPARE,
      { d: dataset.id },
      dataset.token,
    );
    const read = async <T>(cid: string) => (await api.app.inject({ url: `/ipfs/${cid}?format=raw` })).json<T>();
    const manifest = await read<Manifest>(data.versionPrepare.manifestCid);
    const entry = manifest.keyFiles.find(({ contributorRef }) => contributorRef === who.ref)!;
    const file = await read<KeyFile>(entry.cid);
    expect(file.sealed.map(({ record }) => [record.version, record.purposes])).toEqual([[1, 5]]);
  });
});
