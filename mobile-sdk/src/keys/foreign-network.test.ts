import { describe, expect, it } from '@jest/globals';
import { conditionOf, type SealedKek, sealKey } from '@allod/protocol';
import { contracts } from '../testing/fakeChain.ts';
import { freeze, publish } from '../testing/fakeVersion.ts';
import { consentTo, createWorld, DATASET, seedOf, walletOf } from '../testing/fixtures.ts';
import { createFakeKeyGate } from './fake.ts';

/** An API that names a key network of its own, whose secret it knows. */
describe('an API that serves its own network key', () => {
  const foreign = createFakeKeyGate({ chainId: 31337, allows: () => true });
  const items = [{ bytes: new TextEncoder().encode('mine'), mediaType: 'text/plain' }];
  const protocol = (changes: object) => ({
    chainId: 31337,
    chainName: 'baseSepolia',
    contracts,
    receiptSigner: walletOf(1).address,
    jobSigner: walletOf(1).address,
    confirmations: 1,
    singleOperator: false,
    paymentToken: contracts.TestUSD,
    ...changes,
  });

  it('is refused when it names another keeper registry', async () => {
    const world = createWorld();
    world.api.resolvers['protocol'] = () =>
      protocol({ contracts: { ...contracts, KeeperRegistry: walletOf(2).address } });
    await expect(world.client().getProtocol()).rejects.toMatchObject({ code: 'UNTRUSTED_ANSWER' });
  });

  it('gets nothing sealed to it: keys go to the network that the client was built with', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(1) });
    await consentTo(client, ['TRAIN', 'LABEL']);
    await client.contribute({ datasetId: DATASET, items });
    const [commit] = world.api.commits;
    const records = [commit!.sealedKek, ...commit!.labelPacks.map((pack) => pack.sealed)].map(
      ({ record }) => record as SealedKek,
    );
    expect(records.map(({ seals }) => seals.map(({ networkKey }) => networkKey))).toEqual(
      records.map(() => [client.keyGate.networkKey]),
    );
    expect(client.keyGate.networkKey).not.toBe(foreign.networkKey);
  });

  it('is not followed when it refuses what is not sealed to it', async () => {
    const world = createWorld();
    world.api.resolvers['contributionCommit'] = () => ({
      __typename: 'Refused',
      code: 'BAD_SEALED_KEY',
      message: 'The key is not sealed to this key network',
    });
    const client = world.client({ seed: seedOf(2) });
    await consentTo(client, ['TRAIN']);
    await expect(client.contribute({ datasetId: DATASET, items })).rejects.toMatchObject({ code: 'BAD_SEALED_KEY' });
    expect(await client.getQueue()).toHaveLength(1);
  });

  it('opens nothing with records that it sealed itself', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(3) });
    await consentTo(client, ['TRAIN']);
    await client.contribute({ datasetId: DATASET, items });
    const version = freeze(world);
    const [file] = version.keyFiles.values();
    const { record } = file!.sealed[0]!;
    record.seals = [sealKey(foreign.networkKey, conditionOf(record), new Uint8Array(32).fill(7))];
    publish(world, version);
    const opened = await world.client({ signer: walletOf(9) }).openDataset({ datasetId: DATASET });
    for await (const result of opened) expect(result).toMatchObject({ ok: false, error: { code: 'BAD_SEALED_KEY' } });
    expect(opened.keys).toEqual([expect.objectContaining({ code: 'BAD_SEALED_KEY' })]);
  });
});
