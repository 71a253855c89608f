import { beforeEach, describe, expect, it } from '@jest/globals';
import { verifyCapTableProof } from '@allod/protocol';
import { freeze, publish } from '../testing/fakeVersion.ts';
import { consentTo, createWorld, DATASET, seedOf, walletOf, type World } from '../testing/fixtures.ts';

const item = (value: string): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new TextEncoder().encode(value),
  mediaType: 'text/plain',
});

describe('getClaim', () => {
  let world: World;

  beforeEach(async () => {
    world = createWorld();
    for (const n of [1, 2, 3]) {
      const client = world.client({ seed: seedOf(n) });
      await consentTo(client, ['TRAIN']);
      await client.contribute({ datasetId: DATASET, items: [item(`${n}`)] });
    }
    world.chain.views['LicenseVault.dueOf'] = () => 700n;
    world.chain.views['LicenseVault.leafStateOf'] = () => [0, 5n, 0];
  });

  it('finds the own leaf with a proof that leads to the root on chain', async () => {
    const { contributorRoot } = publish(world, freeze(world));
    const client = world.client({ seed: seedOf(2) });
    const [claim, ...rest] = await client.getClaim({ datasetId: DATASET });
    expect(rest).toEqual([]);
    expect(claim).toMatchObject({ version: 1, due: 700n, paid: 5n, totalWeight: 3000n });
    expect(claim!.leaf.account).toBe(client.contributorRef(DATASET));
    expect(verifyCapTableProof(BigInt(contributorRoot), claim!.leaf, claim!.index, claim!.proof)).toBe(true);
  });

  it('finds the leaf of a wallet in the other tree, and nothing for a stranger', async () => {
    publish(world, freeze(world));
    const client = world.client({ signer: walletOf(70) });
    expect(await client.getClaim({ datasetId: DATASET })).toEqual([]);
    const [claim] = await client.getClaim({
      datasetId: DATASET,
      account: '0x00000000000000000000000000000000000000cc',
    });
    expect(claim!.leaf.role).toBe(2);
  });

  it('refuses a cap table that does not lead to the roots', async () => {
    const version = freeze(world);
    publish(world, version);
    world.chain.views['DatasetRegistry.getVersion'] = () => ({
      contributorRoot: 1n,
      otherRoot: 2n,
      opensAt: 1,
      publishedBlock: 101,
      parent: 0,
      objection: 0,
      objected: false,
    });
    const client = world.client({ seed: seedOf(1) });
    await expect(client.getClaim({ datasetId: DATASET })).rejects.toMatchObject({ code: 'UNTRUSTED_ANSWER' });
  });

  it('says so when nothing is due', async () => {
    publish(world, freeze(world));
    world.chain.views['LicenseVault.dueOf'] = () => 0n;
    await expect(world.client({ seed: seedOf(1) }).claim({ datasetId: DATASET })).rejects.toMatchObject({
      code: 'NOTHING_DUE',
    });
  });
});

describe('publishVersion', () => {
  it('signs nothing unless manifest, cap table and draft agree', async () => {
    const world = createWorld();
    const contributor = world.client({ seed: seedOf(1) });
    await consentTo(contributor, ['TRAIN']);
    await contributor.contribute({ datasetId: DATASET, items: [item('a'), item('b')] });
    const curator = world.client({ signer: walletOf(71) });
    const refusal = async (
      change: (version: ReturnType<typeof freeze>) => void,
      bend: object = {},
    ): Promise<unknown> => {
      const version = freeze(world);
      change(version);
      const draft = { ...publish(world, version), ...bend };
      return curator
        .publishVersion({ datasetId: DATASET, draft })
        .catch((error: unknown) => (error as { code: string }).code);
    };
    expect(await refusal(() => undefined, { included: 3 })).toBe('UNTRUSTED_ANSWER');
    expect(await refusal(() => undefined, { contributorRoot: `0x${'11'.repeat(32)}` })).toBe('UNTRUSTED_ANSWER');
    expect(await refusal(() => undefined, { number: 2 })).toBe('WRONG_MANIFEST');
    expect(await refusal(({ manifest }) => manifest.items.push(manifest.items[0]!))).toBe('UNTRUSTED_ANSWER');
    expect(await refusal(({ keyFiles }) => keyFiles.clear())).toBe('UNTRUSTED_ANSWER');
    expect(await refusal(({ contributor: leaves }) => (leaves[0]!.account = walletOf(72).address))).toBe(
      'UNTRUSTED_ANSWER',
    );
    // All checks pass: what stops it now is that the chain in memory takes no transactions.
    expect(await refusal(() => undefined)).toBe('CHAIN_FAILED');
  });
});

describe('getDataset', () => {
  it('believes the chain, not the API', async () => {
    const world = createWorld();
    const answer = {
      id: DATASET,
      curator: '0x00000000000000000000000000000000000000cc',
      name: 'n',
      description: 'd',
      mediaType: 'text/plain',
      schema: {},
      schemaHash: (world.chain.views['DatasetRegistry.getDataset']!() as { schemaHash: string }).schemaHash,
      purposes: 127,
      contributorsBps: 7000,
      floorPrice: '1',
      token: (world.chain.views['DatasetRegistry.getDataset']!() as { token: string }).token,
      sources: 2,
      openIntake: 1,
      contributionCount: 0,
      offers: [],
      versions: [],
      latestVersion: null,
      openJobs: [],
    };
    world.api.resolvers['dataset'] = () => answer;
    const client = world.client();
    expect(await client.getDataset({ datasetId: DATASET })).toMatchObject({ name: 'n' });
    world.api.resolvers['dataset'] = () => ({ ...answer, floorPrice: '2' });
    await expect(client.getDataset({ datasetId: DATASET })).rejects.toMatchObject({ code: 'UNTRUSTED_ANSWER' });
    world.api.resolvers['dataset'] = () => null;
    expect(await client.getDataset({ datasetId: DATASET })).toBeNull();
  });
});
