import { beforeEach, describe, expect, it } from '@jest/globals';
import { ItemReason, type KeyFile, ReceiptKind, signStruct, type SignedKeyFileUpdate, tag } from '@allod/protocol';
import { type BaseWallet, Wallet } from 'ethers';
import type { Client } from '../client.ts';
import { CHAIN_ID, contracts } from '../testing/fakeChain.ts';
import { type FakeVersion, freeze, publish } from '../testing/fakeVersion.ts';
import { consentTo, createWorld, DATASET, seedOf, walletOf, type World } from '../testing/fixtures.ts';

const item = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });

describe('key files that were replaced', () => {
  let world: World;
  let version: FakeVersion;
  let ref: string;
  let file: KeyFile;
  let oldCid: string;

  beforeEach(async () => {
    world = createWorld();
    const client = world.client({ seed: seedOf(1) });
    await consentTo(client, ['TRAIN']);
    await client.contribute({ datasetId: DATASET, items: [item('a'), item('b')] });
    version = freeze(world);
    ref = client.contributorRef(DATASET);
    file = structuredClone(version.keyFiles.get(ref)!);
    publish(world, version);
    oldCid = world.api.storeJson(file);
  });

  const openAll = async (options: Parameters<World['client']>[0] = {}) => {
    const client = world.client({ signer: walletOf(99), ...options });
    const results: string[] = [];
    for await (const result of await client.openDataset({ datasetId: DATASET }))
      results.push(result.ok ? new TextDecoder().decode(result.bytes) : result.error.code);
    return results;
  };
  const update = async (changes: Partial<SignedKeyFileUpdate> & { by?: BaseWallet } = {}): Promise<void> => {
    const { by = world.api.operator, ...over } = changes;
    const struct = {
      contributorRef: ref,
      datasetId: DATASET,
      version: 1,
      oldCid,
      newCid: world.api.storeJson({ ...file, wraps: file.wraps.slice(1) }),
      reason: ItemReason.CONTRIBUTOR_REQUEST,
      ...over,
    };
    const signature = await signStruct(by, 'KeyFileUpdate', struct, CHAIN_ID, contracts);
    world.api.updates.push({ signature, signer: by.address, ...struct });
  };

  it('are followed: a withdrawn item is named as such, the rest opens', async () => {
    await update();
    expect(await openAll()).toEqual(['ITEM_WITHDRAWN', 'b']);
  });

  it('are never asked for, even where a mirror still has them', async () => {
    await update();
    world.api.seen.length = 0;
    await openAll();
    expect(world.api.seen.map(({ name }) => name)).not.toContain(oldCid);
  });

  it('are followed over several updates, to a file without any key', async () => {
    await update();
    const between = world.api.updates[0]!.newCid;
    await update({ oldCid: between, newCid: world.api.storeJson({ ...file, sealed: [], wraps: [] }) });
    expect(await openAll()).toEqual(['ITEM_WITHDRAWN', 'ITEM_WITHDRAWN']);
  });

  it('stay in force against updates of another signer, version or dataset, and broken ones', async () => {
    const receiptSigner = world.api.operator.address;
    await update({ by: Wallet.createRandom() });
    await update({ signer: receiptSigner, by: Wallet.createRandom() });
    await update({ version: 2 });
    await update({ datasetId: tag('another dataset') });
    world.api.updates.push({ ...world.api.updates[0]!, signature: '0x12' }, null as never);
    expect(await openAll({ receiptSigner })).toEqual(['a', 'b']);
    await update();
    expect(await openAll({ receiptSigner })).toEqual(['ITEM_WITHDRAWN', 'b']);
  });

  it('end nowhere when updates run in a circle', async () => {
    await update({ newCid: oldCid });
    expect(await openAll()).toEqual(['a', 'b']);
  });

  it('are honoured when one of several gateways tells of them, whatever the others say', async () => {
    await update();
    const platform = world.platform();
    const good = platform.fetch;
    platform.fetch = async (url, init) => {
      if (!url.startsWith('http://mirror')) return good(url, init);
      if (url.startsWith('http://mirror-1')) throw new TypeError('fetch failed');
      return new Response('{', { status: 200 });
    };
    const gateways = ['http://mirror-1.test', 'http://mirror-2.test', 'http://api.test'];
    expect(await openAll({ platform, gateways })).toEqual(['ITEM_WITHDRAWN', 'b']);
  });
});

describe('receipts of withdrawals', () => {
  const receiptOf = async (world: World, client: Client, subject: string, kind: number) => {
    const facts = { subject, kind, evidenceHash: tag('evidence'), issuedAt: 1_800_000_000 };
    const struct = { contributorRef: client.contributorRef(DATASET), datasetId: DATASET, ...facts };
    const signature = await signStruct(world.api.operator, 'Receipt', struct, CHAIN_ID, contracts);
    return { ...facts, signature, signer: world.api.operator.address, text: 'What cannot be undone.' };
  };

  it('come with the withdrawal of an item, and are kept', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(2), receiptSigner: world.api.operator.address });
    const id = tag('an item');
    const receipt = await receiptOf(world, client, id, ReceiptKind.ITEM_WITHDRAWN);
    world.api.resolvers['withdrawalReceipts'] = () => [receipt];
    world.api.resolvers['contributionWithdraw'] = (({ input }: { input: { contributionId: string } }) => ({
      __typename: 'Contribution',
      id: input.contributionId,
      datasetId: DATASET,
      contributorRef: client.contributorRef(DATASET),
      cid: 'bafkreihzz4hejmoqbdkt2lyeztxawkrc7o3ofyrxdl4zozcmjfqey5wfka',
      size: 32,
      intake: 1,
      state: 'WITHDRAWN',
      batchRoot: tag('root'),
      index: 0,
      proof: [],
      committedAt: '2026-01-01T00:00:00.000Z',
    })) as never;
    const result = await client.withdrawContribution({ datasetId: DATASET, contributionId: id });
    expect(result).toMatchObject({ state: 'WITHDRAWN', receipt: { subject: id, kind: ReceiptKind.ITEM_WITHDRAWN } });
    world.api.resolvers['withdrawalReceipts'] = () => [];
    expect(await client.getReceipts({ datasetId: DATASET })).toEqual([result.receipt]);
  });

  it('of one withdrawal are kept side by side: that it was received, and that the keys are gone', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(3) });
    const subject = tag('a withdrawal');
    const both = [
      await receiptOf(world, client, subject, ReceiptKind.CONSENT_WITHDRAWN),
      await receiptOf(world, client, subject, ReceiptKind.KEYS_SHREDDED),
    ];
    world.api.resolvers['withdrawalReceipts'] = () => both;
    expect((await client.getReceipts({ datasetId: DATASET })).map(({ kind }) => kind).sort()).toEqual([2, 4]);
  });

  it('are refused when another account signed them, and not needed while the API is out of reach', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(4), receiptSigner: walletOf(1).address });
    const forged = await receiptOf(world, client, tag('an item'), ReceiptKind.ITEM_WITHDRAWN);
    world.api.resolvers['withdrawalReceipts'] = () => [forged];
    await expect(client.getReceipts({ datasetId: DATASET })).rejects.toMatchObject({ code: 'UNTRUSTED_ANSWER' });
    world.api.intercept = () => new Response('down', { status: 503 });
    expect(await client.getReceipts({ datasetId: DATASET })).toEqual([]);
  });
});

describe('licensees', () => {
  it('read all notices page by page and acknowledge them', async () => {
    const world = createWorld();
    const notice = (id: string) => ({
      id,
      datasetId: DATASET,
      contributorRef: walletOf(5).address,
      contributionId: id === '2' ? null : tag(id),
      reason: ItemReason.CONTRIBUTOR_REQUEST,
      at: '2026-01-01T00:00:00.000Z',
      acknowledgedAt: null,
    });
    const pages: Record<string, object[]> = { '': [notice('1'), notice('2')], '2': [notice('3')], '3': [] };
    world.api.resolvers['withdrawalNotices'] = (({ after }: { after?: string }) => pages[after ?? '']) as never;
    world.api.resolvers['withdrawalAcknowledge'] = (({ ids }: { ids: string[] }) => ids.length) as never;
    const client = world.client({ signer: walletOf(6) });
    const seen: string[] = [];
    for await (const { id } of client.getWithdrawals({ datasetId: DATASET })) seen.push(id);
    expect(seen).toEqual(['1', '2', '3']);
    expect(await client.acknowledgeWithdrawals({ ids: seen })).toBe(3);
  });
});
