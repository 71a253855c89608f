import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, digestOf, fileDag, ItemReason, LEAF_SIZE, rawCid, signStruct } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { ChainIndexer } from '../../integrations/chain/chain-indexer.ts';
import { BLOCK_STORE } from '../../integrations/storage/content-store.port.ts';
import type { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { BlockKeepingJob } from './block-keeping.job.ts';

const CONSENT = `mutation($i: ConsentWithdrawInput!) { consentWithdraw(input: $i) { __typename
  ... on ConsentWithdrawal { consentNonce txHash receipt { subject kind evidenceHash issuedAt signer signature text } }
  ... on Refused { code } } }`;
const ITEM = `mutation($i: ContributionWithdrawInput!) { contributionWithdraw(input: $i) { __typename
  ... on Contribution { id state reason } ... on Refused { code } } }`;

const now = () => Math.floor(Date.now() / 1000);

describe('withdrawing', () => {
  let api: TestApp;
  let dataset: CuratedDataset;

  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 1n);
    api.relay.effects.set('ConsentRegistry.withdrawBySig', ([struct]) => {
      const { contributorRef, datasetId, consentNonce } = struct as {
        contributorRef: string;
        datasetId: string;
        consentNonce: number;
      };
      const args = { contributorRef, datasetId, consentNonce: String(consentNonce + 1) };
      api.chain.mine({ contract: 'ConsentRegistry', name: 'ConsentWithdrawn', args });
    });
  });
  afterAll(() => api.stop());

  const withdrawal = async (
    who: TestContributor,
    over: { consentNonce?: number; deadline?: number; chainId?: number } = {},
  ) => {
    const struct = {
      contributorRef: who.ref,
      datasetId: dataset.id,
      consentNonce: over.consentNonce ?? 0,
      deadline: over.deadline ?? now() + 600,
    };
    const signature = await signStruct(who.wallet, 'Withdrawal', struct, over.chainId ?? 31337, api.env.CONTRACTS);
    return { ...struct, signature };
  };
  const send = async (input: object) => {
    let isAnswered = false;
    const asking = api
      .graphql<{
        consentWithdraw: Record<string, never> & { receipt: { signer: string; signature: string } & object };
      }>(CONSENT, { i: input })
      .finally(() => (isAnswered = true));
    while (!isAnswered) {
      await api.runOutbox();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const answer = await asking;
    return answer.data.consentWithdraw;
  };

  it('relays a signed withdrawal without a session and gives a signed receipt that says what cannot be undone', async () => {
    const who = await new TestContributor(api, dataset).signIn();
    await who.contribute();
    const result = await send(await withdrawal(who));
    expect(result).toMatchObject({
      __typename: 'ConsentWithdrawal',
      consentNonce: 0,
      txHash: expect.stringMatching(/^0x/),
    });
    const { signer, signature, text, ...facts } = result.receipt as never as Record<string, string>;
    expect(text).toContain('cannot be recalled');
    const struct = { contributorRef: who.ref, datasetId: dataset.id, ...facts };
    expect(recoverAddress(digestOf('Receipt', struct, 31337, api.env.CONTRACTS), signature!)).toBe(signer);
    await api.confirm();
    const states = await api.sql<{ state: string; reason: string }>(
      'SELECT state, reason FROM contribution WHERE contributor_ref = $1',
      [who.ref],
    );
    expect(states).toEqual(Array(2).fill({ state: 'WITHDRAWN', reason: Code.CONSENT_WITHDRAWN }));
    expect(await api.sql('SELECT 1 FROM wrapped_key WHERE contributor_ref = $1', [who.ref])).toEqual([]);
    expect(await api.sql('SELECT 1 FROM sealed_key WHERE contributor_ref = $1', [who.ref])).toEqual([]);
    expect(await api.sql('SELECT 1 FROM block_owner WHERE account = $1', [who.ref])).toEqual([]);
  });

  it('keeps what was given under a newer consent before the withdrawal was confirmed', async () => {
    const who = await new TestContributor(api, dataset).signIn();
    await who.contribute({ count: 1 });
    const args = { contributorRef: who.ref, datasetId: dataset.id, consentNonce: '1' };
    api.chain.mine({ contract: 'ConsentRegistry', name: 'ConsentWithdrawn', args });
    await api.app.get(ChainIndexer).tick();
    const { result } = await who.contribute({ count: 1, consentNonce: 1 });
    await api.confirm();
    const rows = await api.sql<{ id: string; state: string; keys: number }>(
      `SELECT id, state, (SELECT count(*)::int FROM wrapped_key w WHERE w.contribution_id = c.id) AS keys
       FROM contribution c WHERE contributor_ref = $1 ORDER BY committed_at`,
      [who.ref],
    );
    expect(rows).toMatchObject([
      { state: 'WITHDRAWN', keys: 0 },
      { id: result.contributions![0]!.id, state: 'COMMITTED', keys: 1 },
    ]);
  });

  it('refuses wrong signers, other chains, old nonces and passed deadlines, and relays nothing of them', async () => {
    const [who, other] = [new TestContributor(api, dataset), new TestContributor(api, dataset)];
    const before = api.relay.sent.length;
    const forged = { ...(await withdrawal(other)), contributorRef: who.ref };
    for (const [input, code] of [
      [forged, Code.WRONG_SIGNATURE],
      [await withdrawal(who, { chainId: 1 }), Code.WRONG_SIGNATURE],
      [await withdrawal(who, { consentNonce: 7 }), Code.CONSENT_WITHDRAWN],
      [await withdrawal(who, { deadline: now() - 1 }), Code.CONSENT_EXPIRED],
    ] as const) {
      const answer = await api.graphql<{ consentWithdraw: { code: string } }>(CONSENT, { i: input });
      expect(answer.data.consentWithdraw.code).toBe(code);
    }
    await api.runOutbox();
    expect(api.relay.sent.length).toBe(before);
  });

  it('withdraws one item by its own signature and drops its wrapped keys only', async () => {
    const who = await new TestContributor(api, dataset).signIn();
    const { input } = await who.contribute({ count: 2 });
    const [gone, stays] = input.contributions.map((item) => item.contributionId);
    const struct = {
      contributorRef: who.ref,
      datasetId: dataset.id,
      contributionId: gone!,
      reason: ItemReason.CONTRIBUTOR_REQUEST,
      issuedAt: now(),
    };
    const request = { contributionId: gone, reason: struct.reason, issuedAt: struct.issuedAt };
    const stranger = await signStruct(who.device, 'ItemWithdrawal', struct, 31337, api.env.CONTRACTS);
    const refused = await api.graphql(ITEM, { i: { ...request, signature: stranger } });
    expect(refused.data).toMatchObject({ contributionWithdraw: { code: Code.WRONG_SIGNATURE } });
    const signature = await signStruct(who.wallet, 'ItemWithdrawal', struct, 31337, api.env.CONTRACTS);
    const answer = await api.graphql(ITEM, { i: { ...request, signature } });
    expect(answer.data).toMatchObject({
      contributionWithdraw: { id: gone, state: 'WITHDRAWN', reason: Code.ITEM_WITHDRAWN },
    });
    const wraps = await api.sql<{ contribution_id: string }>(
      'SELECT contribution_id FROM wrapped_key WHERE contributor_ref = $1',
      [who.ref],
    );
    expect(wraps).toEqual([{ contribution_id: stays }]);
  });

  it('frees the quota of what is withdrawn at once and its bytes after the time of grace, not those of what stays', async () => {
    const who = await new TestContributor(api, dataset).signIn();
    const leaf = (size: number) => new Uint8Array(randomBytes(size));
    const large = [leaf(LEAF_SIZE), leaf(500)];
    const { input } = await who.contribute({ bodies: [large, [leaf(700)]] });
    const [gone, stays] = input.contributions;
    const root = fileDag(large.map((bytes) => ({ cid: rawCid(bytes), size: bytes.length }))).root.toString();
    const withdrawn = [...gone!.leaves, root].sort();
    const owned = () =>
      api.sql<{ cid: string }>('SELECT cid FROM block_owner WHERE account = $1 ORDER BY cid', [who.ref]);
    expect((await owned()).map(({ cid }) => cid)).toEqual([...withdrawn, ...stays!.leaves].sort());

    const struct = { contributionId: gone!.contributionId, reason: ItemReason.CONTRIBUTOR_REQUEST, issuedAt: now() };
    const signed = { contributorRef: who.ref, datasetId: dataset.id, ...struct };
    const signature = await signStruct(who.wallet, 'ItemWithdrawal', signed, 31337, api.env.CONTRACTS);
    await api.graphql(ITEM, { i: { ...struct, signature } });
    expect(await owned()).toEqual(stays!.leaves.map((cid) => ({ cid })));

    const [store, job] = [api.app.get<ContentStore>(BLOCK_STORE), api.app.get(BlockKeepingJob)];
    const all = [...withdrawn, ...stays!.leaves];
    await job.collect();
    expect(await store.has(all)).toEqual(new Set(all));
    await api.sql(`UPDATE block SET tombstoned_at = now() - interval '2 days' WHERE tombstoned_at IS NOT NULL`);
    await job.collect();
    expect(await store.has(all)).toEqual(new Set(stays!.leaves));
  });

  it('keeps a block that the contributor gave twice until both items are withdrawn, and what somebody else has too', async () => {
    const [who, other] = [
      await new TestContributor(api, dataset).signIn(),
      await new TestContributor(api, dataset).signIn(),
    ];
    const [shared, own] = [new Uint8Array(randomBytes(LEAF_SIZE)), new Uint8Array(randomBytes(300))];
    const { input } = await who.contribute({ bodies: [[shared, own], [shared]] });
    await other.contribute({ bodies: [[shared]] });
    const cid = rawCid(shared).toString();
    const refs = async () => (await api.sql('SELECT refs FROM block WHERE cid = $1', [cid]))[0];
    const withdraw = async (contributionId: string) => {
      const struct = { contributionId, reason: ItemReason.CONTRIBUTOR_REQUEST, issuedAt: now() };
      const signed = { contributorRef: who.ref, datasetId: dataset.id, ...struct };
      const signature = await signStruct(who.wallet, 'ItemWithdrawal', signed, 31337, api.env.CONTRACTS);
      await api.graphql(ITEM, { i: { ...struct, signature } });
    };
    expect(await refs()).toEqual({ refs: 2 });
    await withdraw(input.contributions[0]!.contributionId);
    expect(await refs()).toEqual({ refs: 2 });
    await withdraw(input.contributions[1]!.contributionId);
    expect(await refs()).toEqual({ refs: 1 });
  });
});
