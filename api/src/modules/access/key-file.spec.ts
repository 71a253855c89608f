import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf, hashStruct, ItemReason, jsonSha256, ReceiptKind, signStruct } from '@allod/protocol';
import type { KeyFile, KeyFileUpdates, Manifest } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

const CLOSE = 'mutation($d: Bytes32!) { intakeClose(datasetId: $d) { __typename } }';
const PREPARE = `mutation($d: Bytes32!) { versionPrepare(datasetId: $d) {
  ... on VersionDraft { manifestCid } ... on Refused { code } } }`;
const WITHDRAW_ITEM = `mutation($i: ContributionWithdrawInput!) { contributionWithdraw(input: $i) { __typename
  ... on Contribution { state } ... on Refused { code } } }`;
const RECEIPTS = `query($d: Bytes32!) { withdrawalReceipts(datasetId: $d) {
  subject kind evidenceHash issuedAt signer signature text } }`;
const NOTICES = `query($d: Bytes32!, $after: ID) { withdrawalNotices(datasetId: $d, after: $after) {
  id contributorRef contributionId reason acknowledgedAt } }`;
const ACKNOWLEDGE = 'mutation($ids: [ID!]!) { withdrawalAcknowledge(ids: $ids) }';

interface Notice {
  id: string;
  contributorRef: string;
  contributionId: string | null;
  reason: number;
  acknowledgedAt: string | null;
}

const now = () => Math.floor(Date.now() / 1000);

describe('key files after a withdrawal', () => {
  let api: TestApp;
  let dataset: CuratedDataset;
  let one: TestContributor;
  let two: TestContributor;
  let items: Map<TestContributor, string[]>;
  let cids: Map<string, string>;

  /** Version 1, frozen: contributor one with three items, two with one. */
  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
    api.chain.readers.set('DatasetRegistry.latestVersion', () => 0n);
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 0n);
    api.relay.effects.set('ContributionRegistry.anchor', ([root, count]) => {
      const args = { root, count: String(count), by: api.relay.sender };
      api.chain.mine({ contract: 'ContributionRegistry', name: 'BatchAnchored', args });
    });
    items = new Map();
    for (const count of [3, 1]) {
      const who = await new TestContributor(api, dataset).signIn();
      const { input } = await who.contribute({ count });
      items.set(
        who,
        input.contributions.map((item) => item.contributionId),
      );
    }
    [one, two] = [...items.keys()] as [TestContributor, TestContributor];
    await api.runOutbox();
    await api.confirm();
    await api.graphql(CLOSE, { d: dataset.id }, dataset.token);
    const { data } = await api.graphql<{ versionPrepare: { manifestCid: string } }>(
      PREPARE,
      { d: dataset.id },
      dataset.token,
    );
    const manifest = (await fetchDocument<Manifest>(data.versionPrepare.manifestCid))!;
    cids = new Map(manifest.keyFiles.map(({ contributorRef, cid }) => [contributorRef, cid]));
  });
  afterAll(() => api.stop());

  const fetchDocument = async <T>(cid: string): Promise<T | undefined> => {
    const response = await api.app.inject({ url: `/ipfs/${cid}?format=raw` });
    return response.statusCode === 200 ? response.json<T>() : undefined;
  };
  const updates = async () =>
    (await api.app.inject({ url: `/allod/v1/key-file-updates/${dataset.id}/1` })).json<KeyFileUpdates>().updates;
  const withdrawItem = async (who: TestContributor, contributionId: string) => {
    const form = { contributionId, reason: ItemReason.LEGAL_ERASURE, issuedAt: now() };
    const struct = { contributorRef: who.ref, datasetId: dataset.id, ...form };
    const signature = await signStruct(who.wallet, 'ItemWithdrawal', struct, 31337, api.env.CONTRACTS);
    const { data } = await api.graphql<{ contributionWithdraw: { state: string } }>(WITHDRAW_ITEM, {
      i: { ...form, signature },
    });
    expect(data.contributionWithdraw.state).toBe('WITHDRAWN');
  };
  const receipts = async (who: TestContributor) =>
    (
      await api.graphql<{ withdrawalReceipts: Record<string, string & number>[] }>(
        RECEIPTS,
        { d: dataset.id },
        who.token,
      )
    ).data.withdrawalReceipts;

  it('has none while nothing was withdrawn', async () => {
    expect(await updates()).toEqual([]);
  });

  it('replaces the file of a withdrawn item by one without it, signed, and deletes the old one', async () => {
    const [gone, ...stay] = items.get(one)!;
    const old = (await fetchDocument<KeyFile>(cids.get(one.ref)!))!;
    await withdrawItem(one, gone!);
    const [update, ...others] = await updates();
    expect(others).toEqual([]);
    const { signature, signer, ...struct } = update!;
    expect(struct).toEqual({
      contributorRef: one.ref,
      datasetId: dataset.id,
      version: 1,
      oldCid: cids.get(one.ref),
      newCid: struct.newCid,
      reason: ItemReason.LEGAL_ERASURE,
    });
    expect(recoverAddress(digestOf('KeyFileUpdate', struct, 31337, api.env.CONTRACTS), signature)).toBe(signer);
    const file = (await fetchDocument<KeyFile>(struct.newCid))!;
    expect(file).toEqual({ ...old, wraps: old.wraps.filter((wrap) => wrap.contributionId !== gone) });
    expect(file.wraps.map((wrap) => wrap.contributionId).sort()).toEqual([...stay].sort());
    await api.runOutbox();
    expect(await fetchDocument(cids.get(one.ref)!)).toBeUndefined();
    expect(await fetchDocument(struct.newCid)).toEqual(file);
    expect(await updates()).toEqual([update]);
  });

  it('keeps a chain of updates, and no key at all once the last item is gone', async () => {
    for (const id of items.get(one)!.slice(1)) await withdrawItem(one, id);
    const chain = await updates();
    expect(chain.map(({ oldCid }) => oldCid).slice(1)).toEqual(chain.map(({ newCid }) => newCid).slice(0, -1));
    await api.runOutbox();
    for (const { oldCid } of chain) expect(await fetchDocument(oldCid)).toBeUndefined();
    expect(await fetchDocument<KeyFile>(chain.at(-1)!.newCid)).toMatchObject({ sealed: [], wraps: [] });
  });

  it('replaces the files of a contributor who withdrew consent on chain, without any signature to us', async () => {
    const args = { contributorRef: two.ref, datasetId: dataset.id, consentNonce: '1' };
    api.chain.mine({ contract: 'ConsentRegistry', name: 'ConsentWithdrawn', args });
    await api.confirm();
    await api.runOutbox();
    const update = (await updates()).find(({ contributorRef }) => contributorRef === two.ref)!;
    expect(update).toMatchObject({ oldCid: cids.get(two.ref), reason: ItemReason.CONTRIBUTOR_REQUEST });
    expect(await fetchDocument(update.oldCid)).toBeUndefined();
    expect(await fetchDocument<KeyFile>(update.newCid)).toMatchObject({ sealed: [], wraps: [] });
    expect(await api.sql('SELECT 1 FROM wrapped_key WHERE contributor_ref = $1', [two.ref])).toEqual([]);
  });

  it('owes contributors a signed receipt that says what cannot be undone', async () => {
    const [ofItems, ofConsent] = [await receipts(one), await receipts(two)];
    expect(ofItems.map(({ kind }) => kind)).toEqual(Array(3).fill(ReceiptKind.ITEM_WITHDRAWN));
    expect(ofItems.map(({ subject }) => subject).sort()).toEqual([...items.get(one)!].sort());
    expect(ofConsent.map(({ kind }) => kind)).toEqual([ReceiptKind.KEYS_SHREDDED]);
    const withdrawal = { contributorRef: two.ref, datasetId: dataset.id, consentNonce: 0, deadline: 0 };
    expect(ofConsent[0]!.subject).toBe(hashStruct('Withdrawal', withdrawal));
    for (const [who, receipt] of [...ofItems.map((each) => [one, each] as const), [two, ofConsent[0]!] as const]) {
      const { signer, signature, text, ...facts } = receipt;
      expect(text).toContain('cannot be recalled');
      expect(facts['evidenceHash']).not.toBe(jsonSha256({}));
      const struct = { contributorRef: who.ref, datasetId: dataset.id, ...facts };
      const digest = digestOf('Receipt', struct, 31337, api.env.CONTRACTS);
      expect(recoverAddress(digest, String(signature))).toBe(signer);
    }
    expect(await receipts(one)).toEqual(ofItems);
    const stranger = await api.graphql(RECEIPTS, { d: dataset.id });
    expect(stranger.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it('tells licensees what was withdrawn, and keeps who acknowledged it', async () => {
    const licensee = await new TestContributor(api, dataset).signIn();
    const notices = async (token?: string, after?: string) =>
      (await api.graphql<{ withdrawalNotices: Notice[] }>(NOTICES, { d: dataset.id, after }, token)).data
        .withdrawalNotices;
    const seen = await notices();
    expect(seen.map(({ contributionId }) => contributionId)).toEqual([...items.get(one)!, null]);
    expect(seen.at(-1)).toMatchObject({ contributorRef: two.ref, reason: ItemReason.CONTRIBUTOR_REQUEST });
    const acknowledge = async (ids: string[], token?: string) =>
      (await api.graphql<{ withdrawalAcknowledge: number } | null>(ACKNOWLEDGE, { ids }, token)).data;
    expect(await acknowledge([seen[0]!.id, '999', 'x'], licensee.token)).toEqual({ withdrawalAcknowledge: 1 });
    expect(await acknowledge([seen[0]!.id], licensee.token)).toEqual({ withdrawalAcknowledge: 0 });
    expect(await acknowledge([seen[1]!.id])).toBeNull();
    const [first, second] = await notices(licensee.token);
    expect([first!.acknowledgedAt, second!.acknowledgedAt]).toEqual([expect.any(String), null]);
    expect(await notices(undefined, seen[2]!.id)).toEqual([seen[3]]);
  });

  it.each(['0x12/1', `0x${'11'.repeat(32)}/0`, `0x${'11'.repeat(32)}/x`])('refuses to look for %s', async (path) => {
    expect((await api.app.inject({ url: `/allod/v1/key-file-updates/${path}` })).statusCode).toBe(400);
  });
});
