import { describe, expect, it } from '@jest/globals';
import {
  contentAad,
  FLOE,
  floeOpen,
  fromHex,
  labelKey,
  parseCid,
  purposesOf,
  refSeed,
  topKek,
  unwrapDek,
  verifyContributionProof,
  contributionLeaf,
  walkKek,
  type SealedKek,
} from '@allod/protocol';
import { CHAIN_ID } from '../testing/fakeChain.ts';
import { consentTo, createWorld, DATASET, SCHEMA_HASH, seedOf, TERMS_HASH, FAR_AWAY } from '../testing/fixtures.ts';

const item = (text: string): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new TextEncoder().encode(text),
  mediaType: 'text/plain',
});
/** An item whose block goes in a request of its own; small ones share one. */
const large = (text: string): ReturnType<typeof item> => item(text.padEnd(100_000));
async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}
const hanging = (): Promise<never> => new Promise(() => undefined);

describe('contribute', () => {
  it('encrypts, uploads and commits a signed batch whose parts agree', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(1) });
    await consentTo(client);
    const { contributions, root, receipt } = await client.contribute({
      datasetId: DATASET,
      items: [item('one'), item('two'), item('three')],
    });
    const [commit] = world.api.commits;
    expect(contributions.map(({ state }) => state)).toEqual(['COMMITTED', 'COMMITTED', 'COMMITTED']);
    expect(receipt?.subject).toBe(root);
    expect(await client.getReceipts({ datasetId: DATASET })).toHaveLength(1);
    expect(await client.getQueue()).toEqual([]);

    const ref = client.contributorRef(DATASET);
    const kek = walkKek(
      topKek(
        refSeed(seedOf(1), CHAIN_ID, DATASET),
        CHAIN_ID,
        DATASET,
        (commit!.sealedKek.record as SealedKek).consentHash,
      ),
      1023,
      1,
    );
    for (const [i, given] of commit!.contributions.entries()) {
      const dek = unwrapDek(kek, fromHex(given.wrappedDek), given.contributionId);
      const aad = contentAad({ contributionId: given.contributionId, datasetId: DATASET, schemaHash: SCHEMA_HASH });
      const body = world.api.blocks.get(given.leaves[0]!) as Uint8Array<ArrayBuffer>;
      expect(new TextDecoder().decode(await floeOpen(dek, aad, fromHex(given.floeHeader), body, FLOE))).toBe(
        ['one', 'two', 'three'][i],
      );
      const leaf = contributionLeaf({ ...given, contributorRef: ref, datasetId: DATASET });
      expect(verifyContributionProof(root!, leaf, i, contributions[i]!.proof as never)).toBe(true);
    }
    const [pack] = commit!.labelPacks;
    const wrap = pack!.wraps[2]!;
    expect(unwrapDek(labelKey(kek, pack!.packId), fromHex(wrap.wrappedDek), wrap.contributionId)).toHaveLength(32);
  });

  it('splits an item over several leaves and opens it again', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(2) });
    await consentTo(client, ['TRAIN']);
    const bytes = new Uint8Array(2_500_000).map((_, i) => i % 251);
    await client.contribute({ datasetId: DATASET, items: [{ bytes, mediaType: 'application/octet-stream' }] });
    const [given] = world.api.commits[0]!.contributions;
    expect(given!.leaves).toHaveLength(3);
    expect(given!.leaves.every((leaf) => parseCid(leaf).code === 0x55)).toBe(true);
    expect(world.api.commits[0]!.labelPacks).toEqual([]);
  });

  it('packs at most 32 items and never gives a pack index twice', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(3) });
    await consentTo(client);
    const items = Array.from({ length: 33 }, (_, i) => item(String(i)));
    await client.contribute({ datasetId: DATASET, items });
    await client.contribute({ datasetId: DATASET, items: [item('later')] });
    const packs = world.api.commits.flatMap(({ labelPacks }) => labelPacks);
    expect(packs.map(({ packIndex }) => packIndex)).toEqual([0, 1, 2]);
    expect(packs.map(({ wraps }) => wraps.length)).toEqual([32, 1, 1]);
    expect(new Set(packs.map(({ packId }) => packId)).size).toBe(3);
  });

  it('seals the KEK of an intake once per consent', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(4) });
    await consentTo(client);
    await client.contribute({ datasetId: DATASET, items: [item('a')] });
    await client.contribute({ datasetId: DATASET, items: [item('b')] });
    const [first, second] = world.api.commits;
    expect(second!.sealedKek).toEqual(first!.sealedKek);
    await client.grantConsent({
      datasetId: DATASET,
      purposes: purposesOf('EVALUATE'),
      validUntil: FAR_AWAY,
      termsHash: TERMS_HASH,
    });
    await client.contribute({ datasetId: DATASET, items: [item('c')] });
    expect((world.api.commits[2]!.sealedKek.record as SealedKek).consentHash).not.toBe(
      (first!.sealedKek.record as SealedKek).consentHash,
    );
  });

  it('asks for consent first', async () => {
    const client = createWorld().client({ seed: seedOf(5) });
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'CONSENT_MISSING',
    });
    await expect(
      createWorld()
        .client()
        .contribute({ datasetId: DATASET, items: [item('x')] }),
    ).rejects.toMatchObject({ code: 'SEED_MISSING' });
  });

  it('refuses empty and oversized batches before anything is queued', async () => {
    const client = createWorld().client({ seed: seedOf(5) });
    await consentTo(client);
    await expect(client.contribute({ datasetId: DATASET, items: [] })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    const many = Array.from({ length: 1001 }, () => item('x'));
    await expect(client.contribute({ datasetId: DATASET, items: many })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await client.getQueue()).toEqual([]);
  });

  it('reports a full device and keeps nothing', async () => {
    const world = createWorld();
    const platform = world.platform();
    const client = world.client({ seed: seedOf(6), platform });
    await consentTo(client);
    const put = platform.resumeStore.put.bind(platform.resumeStore);
    platform.resumeStore.put = async (key, value) => {
      if (key.startsWith('spool/')) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return put(key, value);
    };
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });
    expect(await client.getQueue()).toEqual([]);
    expect(world.api.seen.filter(({ kind }) => kind === 'put')).toEqual([]);
  });

  it('refuses a receipt that another account signed', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(7), receiptSigner: '0x00000000000000000000000000000000000000aa' });
    await consentTo(client);
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'UNTRUSTED_ANSWER',
    });
    expect(await client.getQueue()).toHaveLength(1);
  });
});

describe('upload faults', () => {
  it('retries 5xx with backoff and honours Retry-After', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(8) });
    await consentTo(client);
    let faults = 0;
    world.api.intercept = ({ kind }) => {
      if (kind !== 'put' || faults >= 2) return undefined;
      faults++;
      return new Response('busy', { status: 503, headers: faults === 1 ? { 'retry-after': '3' } : {} });
    };
    await client.contribute({ datasetId: DATASET, items: [item('x')] });
    expect(world.slept[0]).toBe(3000);
    expect(world.slept[1]).toBeGreaterThanOrEqual(250);
    expect(world.api.commits).toHaveLength(1);
  });

  it('renews an ended session in the middle of an upload', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(9) });
    await consentTo(client);
    let ended = false;
    world.api.intercept = ({ kind }) => {
      if (kind === 'put' && !ended) {
        ended = true;
        world.api.signEveryoneOut();
      }
      return undefined;
    };
    await client.contribute({ datasetId: DATASET, items: [large('x'), large('y')] });
    expect(world.api.commits).toHaveLength(1);
    expect(world.api.seen.filter(({ name }) => name === 'SignIn').length).toBeGreaterThan(1);
  });

  it('sends small items together, and all of them again when they arrive damaged', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(10) });
    await consentTo(client);
    let left = 1;
    world.api.intercept = ({ kind }) =>
      kind === 'put' && left-- > 0 ? Response.json({ code: 'HASH_MISMATCH' }, { status: 422 }) : undefined;
    const items = [...Array.from({ length: 40 }, (_, i) => item(`item ${i}`)), large('x'), item('last')];
    await client.contribute({ datasetId: DATASET, items });
    const puts = world.api.seen.filter(({ kind }) => kind === 'put').map(({ name }) => name);
    expect(puts.filter((name) => name === 'car')).toHaveLength(2);
    expect(puts).toHaveLength(3);
    expect(world.api.blocks.size).toBe(42);
  });

  it('sends a block again that arrived damaged, and gives up when it always does', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(10) });
    await consentTo(client);
    let left = 1;
    world.api.intercept = ({ kind }) =>
      kind === 'put' && left-- > 0 ? Response.json({ code: 'HASH_MISMATCH' }, { status: 422 }) : undefined;
    await client.contribute({ datasetId: DATASET, items: [item('x')] });
    left = Infinity;
    await expect(client.contribute({ datasetId: DATASET, items: [item('y')] })).rejects.toMatchObject({
      code: 'HASH_MISMATCH',
    });
    expect(await client.getQueue()).toHaveLength(1);
  });

  it('prepares the commit anew when the intake closes, with the same ciphertext', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(11) });
    await consentTo(client);
    let closed = false;
    world.api.intercept = ({ name }) => {
      if (name === 'ContributionCommit' && !closed) {
        closed = true;
        world.api.openIntake = 2;
      }
      return undefined;
    };
    const { contributions } = await client.contribute({ datasetId: DATASET, items: [item('x')] });
    expect(contributions[0]!.intake).toBe(2);
    expect(world.api.seen.filter(({ kind }) => kind === 'put')).toHaveLength(1);
  });

  it('takes the next packs when another device has filled these', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(19) });
    await consentTo(client);
    let full = true;
    world.api.resolvers['contributionCommit'] = (_, __, commit) => {
      if (!full) return commit();
      full = false;
      return { __typename: 'Refused', code: 'BAD_LABEL_PACK', message: 'full' };
    };
    await client.contribute({ datasetId: DATASET, items: [item('x')] });
    expect(world.api.commits[0]!.labelPacks.map(({ packIndex }) => packIndex)).toEqual([1]);
  });

  it('keeps a refused batch with its code until it is discarded or sent again', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(12) });
    await consentTo(client);
    const events: string[] = [];
    client.on('state', ({ state }) => events.push(state));
    world.api.resolvers['contributionUploadBegin'] = () => ({
      __typename: 'Refused',
      code: 'QUOTA_EXCEEDED',
      message: 'full',
    });
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
    });
    expect(events).toEqual(['QUEUED', 'REFUSED']);
    expect((await client.resume()).waiting).toMatchObject([{ error: { code: 'QUOTA_EXCEEDED' } }]);
    delete world.api.resolvers['contributionUploadBegin'];
    expect((await client.resume({ includeRefused: true })).committed).toHaveLength(1);
    expect(await client.getQueue()).toEqual([]);
  });

  it('does not answer a request for blocks that are not part of the batch', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(13) });
    await consentTo(client);
    const other = world.api.store(new Uint8Array([1, 2, 3]));
    world.api.resolvers['contributionUploadBegin'] = () => ({
      __typename: 'UploadPlan',
      openIntake: 1,
      sources: 2,
      missing: [other],
      quotaBytesLeft: '1',
    });
    await expect(client.contribute({ datasetId: DATASET, items: [item('x')] })).rejects.toMatchObject({
      code: 'UNTRUSTED_ANSWER',
    });
  });
});

describe('resume', () => {
  it('finishes an upload that a crash cut off, with the same bytes', async () => {
    const world = createWorld();
    const platform = world.platform();
    const before = world.client({ seed: seedOf(14), platform });
    await consentTo(before);
    let puts = 0;
    world.api.intercept = ({ kind }) => (kind === 'put' && ++puts > 2 ? hanging() : undefined);
    const items = Array.from({ length: 6 }, (_, i) => large(`item ${i}`));
    const { contributionIds, batchId } = await before.contribute({ datasetId: DATASET, items, until: 'queued' });
    await eventually(() => puts >= 3);
    const uploaded = new Set(world.api.blocks.keys());

    world.api.intercept = () => undefined;
    const after = world.client({ seed: seedOf(14), platform });
    const { committed, waiting } = await after.resume();
    expect(waiting).toEqual([]);
    expect(committed[0]!.batchId).toBe(batchId);
    expect(committed[0]!.contributions.map(({ id }) => id)).toEqual(contributionIds);
    expect(world.api.blocks.size).toBe(6);
    for (const cid of uploaded) expect(world.api.blocks.has(cid)).toBe(true);
    expect(await after.getQueue()).toEqual([]);
    expect(await after.resume()).toMatchObject({ committed: [], waiting: [] });
  });

  it('commits once when the answer to the commit was lost', async () => {
    const world = createWorld();
    const platform = world.platform();
    const before = world.client({ seed: seedOf(15), platform });
    await consentTo(before);
    let lost = false;
    const answer = world.api.fetch;
    platform.fetch = async (url, init) => {
      const response = await answer(url, init);
      if (String(init?.body).includes('contributionCommit') && !lost) {
        lost = true;
        return hanging();
      }
      return response;
    };
    await before.contribute({ datasetId: DATASET, items: [item('x')], until: 'queued' });
    await eventually(() => world.api.commits.length > 0);

    const { committed } = await world.client({ seed: seedOf(15), platform }).resume();
    expect(committed).toHaveLength(1);
    expect(world.api.commits).toHaveLength(1);
  });

  it('notices damaged ciphertext instead of sending it', async () => {
    const world = createWorld();
    const platform = world.platform();
    const client = world.client({ seed: seedOf(16), platform });
    await consentTo(client);
    world.api.intercept = ({ kind }) => (kind === 'graphql' ? undefined : hanging());
    await client.contribute({ datasetId: DATASET, items: [item('x')], until: 'queued' });
    const [key] = await platform.resumeStore.list('spool/');
    await platform.resumeStore.put(key!, new Uint8Array([0]));
    world.api.intercept = () => undefined;
    const { waiting } = await world.client({ seed: seedOf(16), platform }).resume();
    expect(waiting).toMatchObject([{ error: { code: 'SPOOL_DAMAGED' } }]);
  });

  it('does not send one batch twice at the same time', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(17) });
    await consentTo(client);
    await Promise.all([
      client.contribute({ datasetId: DATASET, items: [item('x')] }),
      client.resume(),
      client.resume(),
    ]);
    expect(world.api.seen.filter(({ name }) => name === 'ContributionCommit').length).toBe(1);
  });

  it('spools no plaintext and no unwrapped key', async () => {
    const world = createWorld();
    const platform = world.platform();
    const client = world.client({ seed: seedOf(18), platform });
    await consentTo(client);
    world.api.intercept = ({ kind }) => (kind === 'put' ? hanging() : undefined);
    await client.contribute({
      datasetId: DATASET,
      items: [item('a secret that nobody else may read')],
      until: 'queued',
    });
    for (const key of await platform.resumeStore.list('')) {
      const text = new TextDecoder().decode(await platform.resumeStore.get(key));
      expect(text).not.toContain('a secret');
    }
  });
});
