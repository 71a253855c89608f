import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SealedKek, SealedKeyRecord } from '@allod/protocol';
import type { Client } from '../client.ts';
import { contracts } from '../testing/fakeChain.ts';
import { freeze, publish } from '../testing/fakeVersion.ts';
import { consentTo, createWorld, DATASET, seedOf, walletOf, type World } from '../testing/fixtures.ts';
import type { OpenedItem } from './openDataset.ts';

const text = (value: string): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new TextEncoder().encode(value),
  mediaType: 'text/plain',
});
const read = (result: OpenedItem): string => (result.ok ? new TextDecoder().decode(result.bytes) : result.error.code);

describe('openDataset', () => {
  let world: World;
  let licensee: Client;
  let asked: SealedKeyRecord[];
  let refusedRef: string;
  const refs: string[] = [];

  beforeEach(async () => {
    asked = [];
    refusedRef = '';
    world = createWorld((account, record) => {
      asked.push(record);
      return account === walletOf(99).address && record.contributorRef !== refusedRef;
    });
    licensee = world.client({ signer: walletOf(99) });
    refs.length = 0;
    for (const n of [1, 2]) {
      const client = world.client({ seed: seedOf(n) });
      await consentTo(client, ['TRAIN']);
      await client.contribute({ datasetId: DATASET, items: [text(`${n}a`), text(`${n}b`)] });
      refs.push(client.contributorRef(DATASET));
    }
  });

  const openAll = async (client = licensee): Promise<string[]> => {
    const results: string[] = [];
    for await (const result of await client.openDataset({ datasetId: DATASET })) results.push(read(result));
    return results;
  };

  it('yields every item in manifest order for one key per contributor and consent', async () => {
    publish(world, freeze(world));
    expect(await openAll()).toEqual(['1a', '1b', '2a', '2b']);
    expect(asked.map((record) => record.contributorRef)).toEqual(refs);
  });

  it('opens older intakes with the key of a newer one', async () => {
    const client = world.client({ seed: seedOf(1) });
    await consentTo(client, ['TRAIN']);
    world.api.openIntake = 3;
    await client.contribute({ datasetId: DATASET, items: [text('1c')] });
    const version = freeze(world, 3);
    publish(world, version);
    expect(await openAll()).toEqual(['1a', '1b', '2a', '2b', '1c']);
    expect(
      asked.filter(({ contributorRef }) => contributorRef === refs[0]).map((record) => (record as SealedKek).version),
    ).toEqual([3]);
  });

  it('asks for the newest key in force when a newer one has ended', async () => {
    const client = world.client({ seed: seedOf(1) });
    await consentTo(client, ['TRAIN']);
    world.api.openIntake = 2;
    await client.contribute({ datasetId: DATASET, items: [text('1c')] });
    const version = freeze(world, 2);
    const [, newer] = version.keyFiles.get(refs[0]!)!.sealed;
    newer!.record = { ...newer!.record, validUntil: 1_600_000_000 };
    publish(world, { ...version, contributor: version.contributor.slice(0, 2) });
    asked.length = 0;
    expect(await openAll()).toEqual(['1a', '1b', '2a', '2b', 'KEY_MISSING']);
    expect(asked.map((record) => (record as SealedKek).version)).toEqual([1, 1]);
  });

  it('says which contributor refused and opens the rest', async () => {
    refusedRef = refs[0]!;
    publish(world, freeze(world));
    const opened = await licensee.openDataset({ datasetId: DATASET });
    const results: OpenedItem[] = [];
    for await (const result of opened) results.push(result);
    expect(results.map(read)).toEqual(['NOT_AUTHORIZED', 'NOT_AUTHORIZED', '2a', '2b']);
    expect(opened.keys.map(({ code }) => code)).toEqual(['NOT_AUTHORIZED', 'RELEASED']);
  });

  it('refuses a stranger every item', async () => {
    publish(world, freeze(world));
    expect(await openAll(world.client({ signer: walletOf(98) }))).toEqual(
      Array.from({ length: 4 }, () => 'NOT_AUTHORIZED'),
    );
  });

  it('names a missing block, a wrong block, a wrong header, a wrong size and a foreign schema item by item', async () => {
    const version = freeze(world);
    const [a, b, c, d] = version.manifest.items;
    world.api.blocks.delete(a!.cid);
    world.api.blocks.set(b!.cid, new Uint8Array([6, 6, 6]));
    c!.floeHeader = d!.floeHeader;
    d!.size += 1;
    publish(world, version);
    expect(await openAll()).toEqual(['BLOCK_UNAVAILABLE', 'BLOCK_UNAVAILABLE', 'DOES_NOT_OPEN', 'SIZE_MISMATCH']);
    d!.size -= 1;
    d!.schemaHash = `0x${'ab'.repeat(32)}`;
    world.chain.events.length = 0;
    publish(world, version);
    expect((await openAll())[3]).toBe('SCHEMA_MISMATCH');
  });

  it('names an unreachable key file, a missing key and a missing or swapped wrap', async () => {
    const version = freeze(world);
    const first = version.keyFiles.get(refs[0]!)!;
    const second = version.keyFiles.get(refs[1]!)!;
    first.wraps.shift();
    second.sealed = [];
    publish(world, version);
    expect(await openAll()).toEqual(['WRAP_MISSING', '1b', 'KEY_MISSING', 'KEY_MISSING']);

    first.wraps.push({ ...first.wraps[0]!, contributionId: version.manifest.items[0]!.contributionId });
    world.chain.events.length = 0;
    const { manifestCid } = publish(world, version);
    const file = JSON.parse(new TextDecoder().decode(world.api.blocks.get(manifestCid))).keyFiles[1].cid as string;
    world.api.blocks.delete(file);
    expect(await openAll()).toEqual(['DOES_NOT_OPEN', '1b', 'BLOCK_UNAVAILABLE', 'BLOCK_UNAVAILABLE']);
  });

  it('asks no key that is sealed under another policy', async () => {
    const version = freeze(world);
    const [signed] = version.keyFiles.get(refs[0]!)!.sealed;
    signed!.record = { ...signed!.record, accessPolicy: contracts.LicenseVault };
    publish(world, version);
    expect((await openAll()).slice(0, 2)).toEqual(['KEY_MISSING', 'KEY_MISSING']);
    expect(asked.map((record) => record.contributorRef)).toEqual([refs[1]]);
  });

  it('refuses a manifest of another version, dataset or chain', async () => {
    const version = freeze(world);
    version.manifest.chainId = 1;
    publish(world, version);
    await expect(licensee.openDataset({ datasetId: DATASET })).rejects.toMatchObject({ code: 'WRONG_MANIFEST' });
  });

  it('takes a block from the next gateway when the first serves other bytes', async () => {
    publish(world, freeze(world));
    const platform = world.platform();
    const good = platform.fetch;
    platform.fetch = async (url, init) =>
      url.startsWith('http://liar.test') ? new Response('nonsense') : good(url, init);
    const client = world.client({ signer: walletOf(99), platform, gateways: ['http://liar.test', 'http://api.test'] });
    expect(await openAll(client)).toEqual(['1a', '1b', '2a', '2b']);
  });

  it('opens its own items for the contributor', async () => {
    const own = createWorld((account, record) => account === record.contributorRef);
    const client = own.client({ seed: seedOf(5), signer: walletOf(97) });
    await consentTo(client, ['TRAIN']);
    await client.contribute({ datasetId: DATASET, items: [text('mine')] });
    publish(own, freeze(own));
    const results: string[] = [];
    for await (const result of await client.exportContributions({ datasetId: DATASET })) results.push(read(result));
    expect(results).toEqual(['mine']);
    const stranger: string[] = [];
    for await (const result of await client.openDataset({ datasetId: DATASET })) stranger.push(read(result));
    expect(stranger).toEqual(['NOT_AUTHORIZED']);
  });
});
