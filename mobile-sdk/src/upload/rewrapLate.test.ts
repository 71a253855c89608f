import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  contributionId,
  contributionLeaf,
  contributionProof,
  contributionRoot,
  fileDag,
  fromHex,
  leavesByIndex,
  rawCid,
  refSeed,
  type SealedKek,
  signStruct,
  topKek,
  unwrapDek,
  verifyContributionProof,
  walkKek,
} from '@allod/protocol';
import type { Client } from '../client.ts';
import type { RewrappedEvent } from '../events.ts';
import type { ContributionCommitInput, ContributionRewrapInput } from '../graphql/generated.ts';
import { loadConsent } from '../identity/consents.ts';
import { memoryPlatform } from '../platform/memory.ts';
import { CHAIN_ID, contracts } from '../testing/fakeChain.ts';
import { forgetContribution } from './contributionReceipts.ts';
import { consentTo, createWorld, DATASET, seedOf, walletOf, type World } from '../testing/fixtures.ts';

const item = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });

interface LateItem {
  wrappedDek: string;
  contribution: Record<string, unknown> & { id: string; index: number; proof: string[]; size: number; cid: string };
}
interface LateBatch {
  root: string;
  salt: string;
  signature: string;
  grant: Record<string, unknown>;
  terms: Record<string, unknown>;
  items: LateItem[];
}

/** What the API says of late items of a commit. */
function lateBatch(commit: ContributionCommitInput, indexes: number[]): LateBatch {
  const { root, count, salt, datasetId, consent, grant, batchSignature: signature } = commit;
  const { contributorRef } = consent;
  const leaves = commit.contributions.map((given) => contributionLeaf({ ...given, contributorRef, datasetId }));
  const { consentHash } = commit.sealedKek.record as SealedKek;
  const items = indexes.map((index) => {
    const {
      contributionId: id,
      leaves: files,
      wrappedDek,
      contentDigest: _,
      metadataHash: __,
      ...given
    } = commit.contributions[index]!;
    const contribution = {
      ...given,
      id,
      datasetId,
      contributorRef,
      consentHash,
      cid: files[0]!,
      index,
      proof: contributionProof(leaves, index) as string[],
      state: 'VALIDATED',
      batchRoot: root,
      committedAt: '2026-01-01T00:00:00.000Z',
    };
    return { wrappedDek, contribution };
  });
  return { root, count, salt, consentHash, signature, grant: { ...grant }, terms: { ...consent }, items } as LateBatch;
}

describe('late items', () => {
  let world: World;
  let client: Client;
  let late: LateBatch[];
  let sent: ContributionRewrapInput[];
  let events: RewrappedEvent[];
  let ahead: number;

  beforeEach(async () => {
    world = createWorld();
    ahead = 0;
    const clock = { now: () => Date.now() + ahead, sleep: () => Promise.resolve() };
    client = world.client({ seed: seedOf(1), platform: memoryPlatform({ fetch: world.api.fetch, clock }) });
    await consentTo(client);
    await client.contribute({ datasetId: DATASET, items: ['a', 'b', 'c'].map(item) });
    world.api.openIntake = 3;
    late = [lateBatch(world.api.commits[0]!, [1])];
    sent = [];
    events = [];
    client.on('rewrapped', (event) => events.push(event));
    world.api.resolvers['lateContributions'] = () => ({ openIntake: world.api.openIntake, batches: late });
    world.api.resolvers['contributionRewrap'] = (async ({ input }: { input: ContributionRewrapInput }) => {
      sent.push(input);
      late = [];
      const receipt = { subject: input.root, kind: 1, evidenceHash: input.root, issuedAt: 1_800_000_000 };
      const statement = { contributorRef: input.grant.contributorRef, datasetId: DATASET, ...receipt };
      const signature = await signStruct(world.api.operator, 'Receipt', statement, CHAIN_ID, contracts);
      return {
        __typename: 'ContributionBatchCommitted',
        root: input.root,
        replay: false,
        contributions: [],
        receipt: { ...receipt, signer: world.api.operator.address, signature, text: 'Moved.' },
      };
    }) as never;
  });

  const commit = () => world.api.commits[0]!;

  it('are moved by resume(): the DEK under the KEK of the open intake, a new leaf at the old index', async () => {
    const { rewrapped, rewrapFailures } = await client.resume();
    expect(rewrapFailures).toEqual([]);
    const [input] = sent;
    const given = commit().contributions[1]!;
    const { consentHash } = commit().sealedKek.record as SealedKek;
    const top = topKek(refSeed(seedOf(1), CHAIN_ID, DATASET), CHAIN_ID, DATASET, consentHash);
    const [old, open] = [walkKek(top, 1023, 1), walkKek(top, 1023, 3)];
    const wrap = fromHex(input!.items[0]!.wrappedDek);
    expect(unwrapDek(open, wrap, given.contributionId)).toEqual(
      unwrapDek(old, fromHex(given.wrappedDek), given.contributionId),
    );
    expect(() => unwrapDek(walkKek(open, 3, 2), wrap, given.contributionId)).toThrow();
    expect(input!.sealedKek.record).toMatchObject({ kind: 'kek', version: 3, consentHash });
    const leaf = contributionLeaf({
      ...given,
      intake: 3,
      contributorRef: client.contributorRef(DATASET),
      datasetId: DATASET,
    });
    expect(input).toMatchObject({ intake: 3, count: 2, salt: commit().salt, consentHash });
    expect(contributionRoot(leavesByIndex(new Map([[1, leaf]]), 2))).toBe(input!.root);
    const told = { datasetId: DATASET, contributionIds: [given.contributionId], intake: 3, root: input!.root };
    expect(rewrapped).toEqual([expect.objectContaining(told)]);
    expect(events).toEqual([told]);
    expect((await client.resume()).rewrapped).toEqual([]);
  });

  it('have a receipt of their new place, which proves itself without the API', async () => {
    await client.resume();
    const { contributionId: id } = commit().contributions[1]!;
    const receipt = await client.getContributionReceipt({ datasetId: DATASET, contributionId: id });
    expect(receipt).toMatchObject({ contribution: { intake: 3 }, index: 1, batch: { root: sent[0]!.root, count: 2 } });
    const leaf = contributionLeaf(receipt!.contribution);
    expect(verifyContributionProof(sent[0]!.root, leaf, 1, receipt!.proof as never)).toBe(true);
    const other = commit().contributions[0]!.contributionId;
    const untouched = await client.getContributionReceipt({ datasetId: DATASET, contributionId: other });
    expect(untouched).toMatchObject({ contribution: { intake: 1 }, batch: { root: commit().root } });
  });

  it('leave no key on the device once they are erased, neither of the new place nor of the old one', async () => {
    await client.resume();
    const { contributionId: id } = commit().contributions[1]!;
    await forgetContribution(client, DATASET, id);
    const { resumeStore } = client.platform;
    const kept = await Promise.all((await resumeStore.list('proofs/')).map((name) => resumeStore.get(name)));
    const texts = kept.map((bytes) => new TextDecoder().decode(bytes));
    expect(texts).toHaveLength(2);
    for (const text of texts) {
      expect(text).toContain(id);
      expect(text).not.toContain(commit().contributions[1]!.wrappedDek);
      expect(text).not.toContain(sent[0]!.items[0]!.wrappedDek);
    }
    expect(texts.join()).toContain(commit().contributions[0]!.wrappedDek);
  });

  it('are moved by a device that only has the seed, under the signed terms that the API kept', async () => {
    const device = world.client({ seed: seedOf(1) });
    expect((await device.resume()).rewrapped).toEqual([]);
    const [moved] = await device.rewrapContributions({ datasetId: DATASET });
    expect(moved).toMatchObject({ intake: 3, contributionIds: [commit().contributions[1]!.contributionId] });
    expect(sent[0]!.grant.signer).not.toBe(commit().grant.signer);
  });

  it('are asked for again when the intake closes meanwhile, and what another device moved is left alone', async () => {
    const usual = world.api.resolvers['contributionRewrap']!;
    const codes = ['INTAKE_CLOSED', 'NOT_LATE'];
    world.api.resolvers['contributionRewrap'] = ((args: never, account: string, fallback: () => unknown) => {
      const code = codes.shift();
      if (!code) return usual(args, account, fallback);
      world.api.openIntake++;
      return { __typename: 'Refused', code, message: 'no' };
    }) as never;
    expect((await client.resume()).rewrapped).toMatchObject([{ intake: 5 }]);
  });

  it('do not make an older consent current, although its grant has to be renewed', async () => {
    const { consentHash } = await loadConsent(client, DATASET);
    const newer = { datasetId: DATASET, purposes: 1, validUntil: 2_000_000_000, termsHash: `0x${'33'.repeat(32)}` };
    await client.grantConsent(newer);
    ahead = 95 * 86_400_000;
    expect((await client.resume()).rewrapped).toHaveLength(1);
    expect(sent[0]!.consentHash).toBe(consentHash);
    expect(sent[0]!.grant.validUntil * 1000).toBeGreaterThan(Date.now() + ahead);
    expect((await loadConsent(client, DATASET)).consent.purposes).toBe(1);
  });

  it('move under a longer consent only where this device has extended theirs', async () => {
    const { consent } = await loadConsent(client, DATASET);
    const {
      signature,
      consentHash: hash,
      ...rest
    } = await client.grantConsent({ ...consent, validUntil: 2_100_000_000, minPrice: 0n });
    const { validUntil, minPrice, ...terms } = rest.consent;
    late[0]!.terms = { ...terms, validUntil: Number(validUntil), minPrice: String(minPrice), signature };
    expect((await client.resume()).rewrapFailures).toMatchObject([{ error: { code: 'UNTRUSTED_ANSWER' } }]);
    expect(sent).toEqual([]);
    const older = [(commit().sealedKek.record as SealedKek).consentHash];
    world.api.resolvers['ownerKeys'] = () => ({ sealed: [commit().sealedKek], wraps: [] });
    world.api.resolvers['consentExtend'] = () => ({
      __typename: 'ConsentExtended',
      consentHash: hash,
      extended: older,
    });
    await client.extendConsent({ datasetId: DATASET, validUntil: 2_100_000_000 });
    expect((await client.resume()).rewrapped).toHaveLength(1);
    expect(sent[0]!.consentHash).toBe(hash);
  });

  const foreign = walletOf(7);
  it.each<[string, (batch: LateBatch) => unknown]>([
    [
      'content that was not given',
      ({ items }) =>
        (items[0]!.contribution.cid = fileDag([{ cid: rawCid(new Uint8Array(9)), size: 9 }]).root.toString()),
    ],
    ['another size', ({ items }) => items[0]!.contribution.size++],
    ['another index', ({ items }) => (items[0]!.contribution.index = 0)],
    ['other metadata', ({ items }) => (items[0]!.contribution['metadata'] = { mediaType: 'image/png' })],
    ['a proof of something else', ({ items }) => (items[0]!.contribution.proof = [`0x${'11'.repeat(32)}`])],
    [
      'the id of another item',
      ({ items, salt }) =>
        (items[0]!.contribution.id = contributionId({
          contributorRef: foreign.address,
          datasetId: DATASET,
          salt,
          index: 1,
        })),
    ],
    ['another salt', (batch) => (batch.salt = `0x${'11'.repeat(32)}`)],
    ['a batch that the device did not sign', (batch) => (batch.signature = `0x${'11'.repeat(65)}`)],
    ['a device that was not granted', ({ grant }) => (grant['signer'] = foreign.address)],
    ['a grant of somebody else', ({ grant }) => (grant['contributorRef'] = foreign.address)],
    ['wider terms', ({ terms }) => (terms['purposes'] = 127)],
    ['terms of somebody else', ({ terms }) => (terms['contributorRef'] = foreign.address)],
  ])('are not moved when the API names %s', async (_, bend) => {
    bend(late[0]!);
    const { rewrapped, rewrapFailures } = await client.resume();
    expect(rewrapped).toEqual([]);
    expect(rewrapFailures).toMatchObject([{ datasetId: DATASET, error: { code: 'UNTRUSTED_ANSWER' } }]);
    expect(sent).toEqual([]);
  });

  it('are moved although another batch does not prove itself', async () => {
    const bad = lateBatch(commit(), [0]);
    bad.signature = `0x${'11'.repeat(65)}`;
    late.unshift(bad);
    const { rewrapFailures } = await client.resume();
    expect(rewrapFailures).toMatchObject([{ error: { code: 'UNTRUSTED_ANSWER' } }]);
    expect(events).toMatchObject([{ contributionIds: [commit().contributions[1]!.contributionId] }]);
    expect(sent).toHaveLength(1);
  });

  it('are not moved when their intake is still open', async () => {
    world.api.openIntake = 1;
    expect((await client.resume()).rewrapFailures).toMatchObject([{ error: { code: 'UNTRUSTED_ANSWER' } }]);
    expect(sent).toEqual([]);
  });
});
