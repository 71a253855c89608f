import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Purpose, rawCid, verifyContributionProof, contributionLeaf, digestOf } from '@allod/protocol';
import type { Hex } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { randomBytes } from 'node:crypto';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { structOf } from './batch-checks.ts';

describe('contributing', () => {
  let api: TestApp;
  let dataset: CuratedDataset;

  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
  });
  afterAll(() => api.stop());

  const contributor = () => new TestContributor(api, dataset).signIn();
  const count = async () => Number((await api.sql<{ n: string }>('SELECT count(*) AS n FROM contribution'))[0]!.n);

  const list = async (who: TestContributor, first = 50) =>
    (
      await api.graphql<{ myContributions: { totalCount: number; edges: { node: Item }[] } }>(
        `query($d: Bytes32, $first: Int) { myContributions(datasetId: $d, first: $first) {
          totalCount edges { node { id index state proof anchorTx anchoredAt batchRoot } } } }`,
        { d: dataset.id, first },
        who.token,
      )
    ).data.myContributions;

  it('commits an uploaded batch with a receipt that the operator signed', async () => {
    const someone = await contributor();
    const { input, result } = await someone.contribute({ count: 3 });
    expect(result).toMatchObject({ __typename: 'ContributionBatchCommitted', replay: false, root: input.root });
    expect(result.contributions!.map((item) => item.state)).toEqual(['COMMITTED', 'COMMITTED', 'COMMITTED']);
    const { signer, signature, ...facts } = result.receipt!;
    const digest = digestOf(
      'Receipt',
      { contributorRef: someone.ref, datasetId: dataset.id, ...facts },
      31337,
      api.env.CONTRACTS,
    );
    expect(recoverAddress(digest, signature)).toBe(signer);
  });

  it('answers the same batch again without storing anything', async () => {
    const someone = await contributor();
    const { input } = await someone.contribute();
    const before = await count();
    expect(await someone.commit(input)).toMatchObject({ replay: true, root: input.root });
    expect(await someone.commit({ ...input, idempotencyKey: 'another' })).toMatchObject({ replay: true });
    expect(await count()).toBe(before);
  });

  it('anchors once and becomes ANCHORED with a proof when the block is confirmed', async () => {
    const someone = await contributor();
    const { input } = await someone.contribute({ count: 5 });
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 0n);
    api.relay.effects.set('ContributionRegistry.anchor', ([root, n]) => {
      const args = { root, count: String(n), by: api.relay.sender };
      api.chain.mine({ contract: 'ContributionRegistry', name: 'BatchAnchored', args });
    });
    await api.runOutbox();
    await api.runOutbox();
    expect(api.relay.sent.filter((call) => call.args[0] === input.root)).toHaveLength(1);
    await api.confirm();
    const { totalCount, edges } = await list(someone);
    expect(totalCount).toBe(5);
    for (const { node } of edges) {
      expect(node).toMatchObject({ state: 'ANCHORED', anchorTx: expect.stringMatching(/^0x/), batchRoot: input.root });
      const leaf = contributionLeaf(structOf(input, input.contributions[node.index]!));
      expect(verifyContributionProof(input.root, leaf, node.index, node.proof)).toBe(true);
    }
  });

  it('builds the dag-pb root of a large item itself and serves the whole as a CAR', async () => {
    const someone = await contributor();
    const body = [new Uint8Array(1 << 20).fill(7), new Uint8Array(randomBytes(1000))];
    const { result } = await someone.contribute({ bodies: [body] });
    const { cid } = result.contributions![0]!;
    expect(cid).toMatch(/^bafybei/);
    const raw = await api.app.inject({ url: `/ipfs/${cid}?format=raw` });
    expect(raw.statusCode).toBe(200);
    const car = await api.app.inject({ url: `/ipfs/${cid}?format=car` });
    expect(car.rawPayload.length).toBeGreaterThan(body[0]!.length + body[1]!.length);
  });

  it('commits and anchors a full batch of 1,000 items', async () => {
    const someone = await contributor();
    const { input, leaves } = await someone.batch({ count: 1000 });
    for (let at = 0; at < leaves.length; at += 50)
      await Promise.all(leaves.slice(at, at + 50).map((leaf) => someone.upload(leaf)));
    expect(await someone.commit(input)).toMatchObject({ __typename: 'ContributionBatchCommitted' });
    await api.runOutbox();
    await api.confirm();
    const { edges } = await list(someone, 100);
    expect(edges).toHaveLength(100);
    for (const { node } of edges.slice(0, 10)) {
      expect(node.state).toBe('ANCHORED');
      const leaf = contributionLeaf(structOf(input, input.contributions[node.index]!));
      expect(verifyContributionProof(input.root, leaf, node.index, node.proof)).toBe(true);
    }
  });

  it('lets uploadBegin name only the leaves that this account has not uploaded', async () => {
    const [one, other] = [await contributor(), await contributor()];
    const leaf = new Uint8Array(randomBytes(50));
    const cid = await one.upload(leaf);
    const plan = async (who: TestContributor) =>
      (
        await api.graphql<{ contributionUploadBegin: { missing: string[]; openIntake: number; sources: number } }>(
          `mutation($input: ContributionUploadBeginInput!) { contributionUploadBegin(input: $input) { ... on UploadPlan { missing openIntake sources quotaBytesLeft } } }`,
          { input: { datasetId: dataset.id, blocks: [{ cid, size: leaf.length }] } },
          who.token,
        )
      ).data.contributionUploadBegin;
    expect(await plan(one)).toMatchObject({ missing: [], openIntake: 1, sources: 1 });
    expect(await plan(other)).toMatchObject({ missing: [cid] });
  });

  it('stores label packs when the consent has the LABEL purpose', async () => {
    const someone = await contributor();
    const { input, result } = await someone.contribute({ purposes: Purpose.TRAIN | Purpose.LABEL });
    expect(result.__typename).toBe('ContributionBatchCommitted');
    const answer = await api.graphql<{ ownerKeys: { sealed: unknown[]; wraps: { kind: string }[] } }>(
      'query($d: Bytes32!) { ownerKeys(datasetId: $d) }',
      { d: dataset.id },
      someone.token,
    );
    expect(answer.data.ownerKeys.sealed).toHaveLength(2);
    expect(answer.data.ownerKeys.wraps.filter((wrap) => wrap.kind === 'label')).toHaveLength(input.count);
  });

  it('keeps a second commit of one content by somebody else as CONTESTED', async () => {
    const [first, second] = [await contributor(), await contributor()];
    const body = [new Uint8Array(randomBytes(64))];
    await first.contribute({ bodies: [body] });
    const { result } = await second.contribute({ bodies: [body] });
    expect(result.contributions![0]!.state).toBe('CONTESTED');
  });
});

interface Item {
  id: string;
  index: number;
  state: string;
  proof: Hex[];
  anchorTx: string;
  batchRoot: string;
}

describe('blocks', () => {
  it('are named by their content', () => expect(rawCid(new Uint8Array([1])).toString()).toMatch(/^bafkrei/));
});
