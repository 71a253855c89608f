import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Code, Purpose, rawCid, toHex } from '@allod/protocol';
import { Wallet } from 'ethers';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import type { BatchOptions } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

type Input = Awaited<ReturnType<TestContributor['batch']>>['input'];

const HOUR = 3600;
const now = () => Math.floor(Date.now() / 1000);

describe('bad input', () => {
  let api: TestApp;
  let dataset: CuratedDataset;

  beforeAll(async () => {
    api = await startApp({ QUOTA_BYTES: '8000000' });
    dataset = await createDataset(api);
  });
  afterAll(() => api.stop());

  const contributor = () => new TestContributor(api, dataset).signIn();

  /** Everything that a commit may write. */
  const stored = async () =>
    (
      await api.sql(
        `SELECT (SELECT count(*) FROM contribution) AS items, (SELECT count(*) FROM contribution_batch) AS batches,
          (SELECT count(*) FROM consent) AS consents, (SELECT count(*) FROM sealed_key) AS sealed,
          (SELECT count(*) FROM wrapped_key) AS wraps, (SELECT count(*) FROM outbox) AS outbox,
          (SELECT count(*) FROM contribution_change) AS changes`,
      )
    )[0];

  /** Runs what is to be refused, and expects that it wrote nothing. */
  async function unchanged(refusal: () => Promise<unknown>) {
    const before = await stored();
    await refusal();
    expect(await stored()).toEqual(before);
  }

  /** A good batch that `spoil` makes bad; the wrong thing alone must be refused, with nothing stored. */
  async function refused(
    code: string,
    options: BatchOptions,
    spoil: (input: Input, who: TestContributor) => unknown = () => {},
  ) {
    const who = await contributor();
    const { input, leaves } = await who.batch(options);
    for (const leaf of leaves) await who.upload(leaf);
    await spoil(input, who);
    await unchanged(async () => expect(await who.commit(input)).toMatchObject({ __typename: 'Refused', code }));
  }

  describe('signatures', () => {
    const stranger = Wallet.createRandom();

    it('refuses a consent that somebody else signed', () =>
      refused(
        Code.WRONG_SIGNATURE,
        {},
        (input) => (input.consent.signature = stranger.signingKey.sign(`0x${'11'.repeat(32)}`).serialized),
      ));
    it('refuses a consent whose terms were changed after signing', () =>
      refused(Code.BAD_SEALED_KEY, {}, (input) => (input.consent.termsHash = `0x${'77'.repeat(32)}`)));
    it('refuses a device grant that somebody else signed', () =>
      refused(
        Code.WRONG_SIGNATURE,
        {},
        (input) => (input.grant.signature = stranger.signingKey.sign(`0x${'22'.repeat(32)}`).serialized),
      ));
    it('refuses a batch that the device did not sign', () =>
      refused(
        Code.WRONG_SIGNATURE,
        {},
        (input) => (input.batchSignature = `${input.batchSignature.slice(0, -4)}aa1b`),
      ));
    it('refuses a sealed key that is not signed by its owner', () =>
      refused(Code.WRONG_SIGNATURE, {}, (input) => (input.sealedKek.signature = `0x${'33'.repeat(65)}`)));
    it('refuses signatures and records made for another chain', () => refused(Code.WRONG_CHAIN, { chainId: 8453 }));
    it('refuses signatures made for another chain, whatever the record says', () =>
      refused(Code.WRONG_SIGNATURE, {}, async (input, who) => {
        const other = await who.batch({ chainId: 8453 });
        input.consent = { ...other.input.consent, validUntil: input.consent.validUntil };
      }));
  });

  describe('consent and grant', () => {
    it('refuses an expired consent', () => refused(Code.CONSENT_EXPIRED, { validUntil: now() - 1 }));
    it('refuses a consent without purposes', () => refused(Code.CONSENT_PURPOSES, { purposes: 0 }));
    it('refuses a consent with unknown purposes', () => refused(Code.CONSENT_PURPOSES, { purposes: 128 }));
    it('refuses a consent under an old nonce', async () => {
      const who = await contributor();
      const { input, leaves } = await who.batch();
      for (const leaf of leaves) await who.upload(leaf);
      const args = { contributorRef: who.ref, datasetId: dataset.id, consentNonce: '1' };
      api.chain.mine({ contract: 'ConsentRegistry', name: 'ConsentWithdrawn', args });
      await api.confirm();
      await unchanged(async () => expect(await who.commit(input)).toMatchObject({ code: Code.CONSENT_WITHDRAWN }));
    });
    it('refuses it as soon as an unconfirmed block shows the withdrawal', async () => {
      const who = await contributor();
      const { input, leaves } = await who.batch();
      for (const leaf of leaves) await who.upload(leaf);
      const args = { contributorRef: who.ref, datasetId: dataset.id, consentNonce: '1' };
      api.chain.mine({ contract: 'ConsentRegistry', name: 'ConsentWithdrawn', args });
      const { ChainIndexer } = await import('../../integrations/chain/chain-indexer.ts');
      await api.app.get(ChainIndexer).tick();
      await unchanged(async () => expect(await who.commit(input)).toMatchObject({ code: Code.CONSENT_WITHDRAWN }));
    });
    it('refuses a revoked grant', () => refused(Code.GRANT_REVOKED, { grantNonce: 1 }));
    it('refuses an expired grant', () => refused(Code.GRANT_EXPIRED, { grantValidUntil: now() - 1 }));
    it('refuses a grant of more than 90 days', () =>
      refused(Code.GRANT_EXPIRED, { grantValidUntil: now() + 91 * 24 * HOUR }));
  });

  describe('content', () => {
    it('refuses a root that does not follow from the blocks', () =>
      refused(Code.ROOT_MISMATCH, {}, (input, who) => {
        input.contributions[0]!.contentDigest = toHex(randomBytes(32));
        return who.signBatch(input);
      }));
    it('refuses a batch root that does not follow from the contributions', () =>
      refused(Code.ROOT_MISMATCH, {}, (input) => (input.root = toHex(randomBytes(32)))));
    it('refuses a count that is not the number of items', () =>
      refused(Code.ROOT_MISMATCH, {}, (input) => (input.count = 3)));
    it('refuses sizes that are not those of the blocks', () =>
      refused(Code.SIZE_MISMATCH, {}, (input, who) => {
        input.contributions[0]!.size += 1;
        return who.signBatch(input);
      }));
    it('refuses blocks that were never uploaded', async () => {
      const who = await contributor();
      const { input } = await who.batch();
      await unchanged(async () => expect(await who.commit(input)).toMatchObject({ code: Code.BLOCK_MISSING }));
    });
    it("refuses another account's ciphertext", async () => {
      const [owner, thief] = [await contributor(), await contributor()];
      const body = [new Uint8Array(randomBytes(80))];
      await owner.contribute({ bodies: [body] });
      const { input } = await thief.batch({ bodies: [body] });
      await unchanged(async () => expect(await thief.commit(input)).toMatchObject({ code: Code.BLOCK_MISSING }));
    });
    it('refuses another schema', () =>
      refused(Code.SCHEMA_MISMATCH, {}, (input, who) => {
        input.contributions[0]!.schemaHash = toHex(randomBytes(32));
        return who.signBatch(input);
      }));
    it('refuses a closed intake', async () => {
      const closing = await createDataset(api);
      const who = await new TestContributor(api, closing).signIn();
      await who.contribute();
      await api.graphql(
        `mutation($d: Bytes32!) { intakeClose(datasetId: $d) { __typename } }`,
        { d: closing.id },
        closing.token,
      );
      await unchanged(async () =>
        expect((await who.contribute({ intake: 1 })).result).toMatchObject({ code: Code.INTAKE_CLOSED }),
      );
      expect((await who.contribute({ intake: 2 })).result.__typename).toBe('ContributionBatchCommitted');
    });
    it('refuses an unknown dataset', async () => {
      const who = await new TestContributor(api, { ...dataset, id: toHex(randomBytes(32)) }).signIn();
      await unchanged(async () =>
        expect((await who.contribute()).result).toMatchObject({ code: Code.UNKNOWN_DATASET }),
      );
    });
    it('refuses the same content of the same contributor twice', async () => {
      const who = await contributor();
      const body = [new Uint8Array(randomBytes(70))];
      await who.contribute({ bodies: [body] });
      await unchanged(async () =>
        expect((await who.contribute({ bodies: [body] })).result).toMatchObject({ code: Code.DUPLICATE_CONTRIBUTION }),
      );
    });
  });

  describe('keys', () => {
    it('refuses a KEK of another intake', () =>
      refused(
        Code.BAD_SEALED_KEY,
        {},
        async (input, who) => (input.sealedKek = (await who.batch({ intake: 2 })).input.sealedKek),
      ));
    it('refuses a LABEL consent without label packs', () =>
      refused(Code.BAD_LABEL_PACK, { purposes: Purpose.TRAIN | Purpose.LABEL }, (input) => (input.labelPacks = [])));
    it('refuses a pack with a wrong id', () =>
      refused(
        Code.BAD_LABEL_PACK,
        { purposes: Purpose.TRAIN | Purpose.LABEL },
        (input) => (input.labelPacks[0]!.packId = toHex(randomBytes(32))),
      ));
    it('refuses a pack of more than 32 items', () =>
      refused(Code.BAD_LABEL_PACK, { purposes: Purpose.TRAIN | Purpose.LABEL, count: 33 }));
  });

  describe('replays', () => {
    it('refuses another batch under a used idempotency key', async () => {
      const who = await contributor();
      const { input } = await who.contribute();
      const { input: second, leaves } = await who.batch();
      for (const leaf of leaves) await who.upload(leaf);
      const replayed = { ...second, idempotencyKey: input.idempotencyKey };
      await unchanged(async () => expect(await who.commit(replayed)).toMatchObject({ code: Code.BATCH_REPLAYED }));
    });
    it('refuses salt and index that were used before', async () => {
      const who = await contributor();
      const { input } = await who.contribute({ count: 1 });
      const changed = structuredClone(input);
      changed.idempotencyKey = 'changed';
      changed.contributions[0]!.metadata = { changed: true };
      const { jsonSha256 } = await import('@allod/protocol');
      changed.contributions[0]!.metadataHash = jsonSha256({ changed: true });
      await who.signBatch(changed);
      await unchanged(async () =>
        expect(await who.commit(changed)).toMatchObject({ code: Code.DUPLICATE_CONTRIBUTION }),
      );
    });
    it("refuses somebody else's session", async () => {
      const [who, other] = [await contributor(), await contributor()];
      const { input, leaves } = await who.batch();
      for (const leaf of leaves) await who.upload(leaf);
      await unchanged(async () => expect(await who.commit(input, other.token)).toMatchObject({ code: Code.FORBIDDEN }));
    });
    it('stores one batch when two identical commits race', async () => {
      const who = await contributor();
      const { input, leaves } = await who.batch();
      for (const leaf of leaves) await who.upload(leaf);
      const results = await Promise.allSettled([who.commit(input), who.commit(input), who.commit(input)]);
      const rows = await api.sql('SELECT 1 FROM contribution WHERE batch_root = $1', [input.root]);
      expect(rows).toHaveLength(input.count);
      expect(results.every((result) => result.status === 'fulfilled')).toBe(true);
    });
  });

  describe('blocks', () => {
    const leaf = () => new Uint8Array(randomBytes(100));

    /** Puts a block that is to be refused; expects that neither the store nor its owner list knows it afterwards. */
    async function refusedBlock(cid: string, bytes: Uint8Array, token?: string) {
      const before = await api.sql('SELECT count(*) AS owned FROM block_owner');
      const response = await api.putBlock(cid, bytes, token);
      expect(await api.sql('SELECT count(*) AS owned FROM block_owner')).toEqual(before);
      expect([...(await api.app.get(ContentStore).has([cid]))]).toEqual([]);
      return [response.statusCode, response.json().code];
    }

    it('refuses bytes that are not those of the CID', async () => {
      const who = await contributor();
      expect(await refusedBlock(rawCid(leaf()).toString(), leaf(), who.token)).toEqual([422, Code.HASH_MISMATCH]);
    });
    it('refuses an oversized block', async () => {
      const who = await contributor();
      const large = new Uint8Array((1 << 20) + 1);
      const cid = rawCid(large).toString();
      expect(await refusedBlock(cid, large, who.token)).toEqual([413, Code.BLOCK_TOO_LARGE]);
      expect((await refusedBlock(cid, new Uint8Array(3 << 20), who.token))[0]).toBe(413);
    });
    it('refuses a CID outside the profile', async () => {
      const who = await contributor();
      const outside = 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG';
      const owned = 'SELECT count(*) AS owned FROM block_owner';
      const before = await api.sql(owned);
      const response = await api.putBlock(outside, leaf(), who.token);
      expect([response.statusCode, response.json().code]).toEqual([400, Code.BAD_CID]);
      expect(await api.sql(owned)).toEqual(before);
    });
    it('refuses a stranger', async () => {
      const bytes = leaf();
      expect((await refusedBlock(rawCid(bytes).toString(), bytes))[0]).toBe(401);
    });
    it('refuses what is above the quota, and stores nothing of it', async () => {
      const who = await contributor();
      const blocks = Array.from({ length: 8 }, (_, i) => new Uint8Array(1 << 20).fill(i + 1));
      const last = blocks.pop()!;
      for (const block of blocks)
        expect((await api.putBlock(rawCid(block).toString(), block, who.token)).statusCode).toBe(201);
      expect((await refusedBlock(rawCid(last).toString(), last, who.token))[0]).toBe(403);
    });
    it('answers 200 to a block that is known already', async () => {
      const who = await contributor();
      const bytes = leaf();
      const cid = rawCid(bytes).toString();
      expect((await api.putBlock(cid, bytes, who.token)).statusCode).toBe(201);
      expect((await api.putBlock(cid, bytes, who.token)).statusCode).toBe(200);
    });

    describe('in a CAR', () => {
      const block = (bytes = leaf()) => ({ cid: rawCid(bytes), bytes });
      const owned = () => api.sql('SELECT count(*) AS owned FROM block_owner');

      it('are kept, and known the second time', async () => {
        const who = await contributor();
        const blocks = [block(), block(), block()];
        const first = await api.putCar([...blocks, blocks[0]!], who.token);
        expect([first.statusCode, first.json()]).toEqual([201, { stored: 3 }]);
        for (const { cid, bytes } of blocks)
          expect(Buffer.from((await api.app.get(ContentStore).get(cid.toString()))!)).toEqual(Buffer.from(bytes));
        const again = await api.putCar(blocks, who.token);
        expect([again.statusCode, again.json()]).toEqual([200, { stored: 0 }]);
        const mixed = await api.putCar([blocks[0]!, block()], who.token);
        expect([mixed.statusCode, mixed.json()]).toEqual([201, { stored: 1 }]);
      });

      it('are kept all or none: one wrong block, a cut, no block, a stranger, the quota', async () => {
        const who = await contributor();
        const before = await owned();
        const good = [block(), block()];
        const wrong = { cid: rawCid(leaf()), bytes: leaf() };
        const codes = async (response: ReturnType<typeof api.putCar>) => [
          (await response).statusCode,
          (await response).json().code,
        ];
        expect(await codes(api.putCar([...good, wrong], who.token))).toEqual([422, Code.HASH_MISMATCH]);
        expect(await codes(api.putCar(good, who.token, 1))).toEqual([400, Code.BAD_INPUT]);
        expect(await codes(api.putCar([], who.token))).toEqual([400, Code.BAD_INPUT]);
        expect(await codes(api.putCar(good))).toEqual([401, Code.UNAUTHENTICATED]);
        expect(await owned()).toEqual(before);
        const full = Array.from({ length: 7 }, (_, i) => new Uint8Array(1 << 20).fill(i + 1));
        for (const bytes of full) await api.putBlock(rawCid(bytes).toString(), bytes, who.token);
        const large = [block(new Uint8Array(randomBytes(900_000))), block(new Uint8Array(randomBytes(900_000)))];
        const filled = await owned();
        expect(await codes(api.putCar(large, who.token))).toEqual([403, Code.QUOTA_EXCEEDED]);
        expect(await owned()).toEqual(filled);
        expect([
          ...(await api.app.get(ContentStore).has([...good, ...large].map(({ cid }) => cid.toString()))),
        ]).toEqual([]);
      });
    });
  });
});
