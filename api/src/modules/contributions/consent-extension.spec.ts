import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Code, consentHash, Purpose, signStruct } from '@allod/protocol';
import type { KeyFile, Manifest, SealedKeyRecord } from '@allod/protocol';
import type { ConsentExtendInput, ConsentInput } from '../../common/graphql/schema.generated.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { consentOf } from './consent-checks.ts';

const EXTEND = `mutation($i: ConsentExtendInput!) { consentExtend(input: $i) { __typename
  ... on ConsentExtended { consentHash extended } ... on Refused { code message } } }`;
const CLOSE = 'mutation($d: Bytes32!) { intakeClose(datasetId: $d) { __typename } }';
const PREPARE = `mutation($d: Bytes32!) { versionPrepare(datasetId: $d) {
  ... on VersionDraft { manifestCid excluded { reason } } ... on Refused { code } } }`;

const FAR = 2_000_000_000;
const now = () => Math.floor(Date.now() / 1000);

interface Answer {
  __typename: string;
  code?: string;
  extended?: string[];
}

describe('a longer consent', () => {
  let api: TestApp;
  let dataset: CuratedDataset;
  let who: TestContributor;
  let committed: Awaited<ReturnType<TestContributor['contribute']>>['input'];

  beforeAll(async () => {
    api = await startApp();
    api.chain.readers.set('DatasetRegistry.latestVersion', () => 0n);
    api.chain.readers.set('ContributionRegistry.anchoredAt', () => 0n);
    api.relay.effects.set('ContributionRegistry.anchor', ([root, count]) => {
      const args = { root, count: String(count), by: api.relay.sender };
      api.chain.mine({ contract: 'ContributionRegistry', name: 'BatchAnchored', args });
    });
  });
  afterAll(() => api.stop());

  beforeEach(async () => {
    dataset = await createDataset(api);
    who = await new TestContributor(api, dataset).signIn();
    const purposes = Purpose.TRAIN | Purpose.LABEL;
    ({ input: committed } = await who.contribute({ count: 2, purposes, validUntil: now() + 600 }));
  });

  const hashOf = (consent: ConsentInput): string => consentHash(consentOf(consent));
  const consentWith = async (changes: Partial<ConsentInput>): Promise<ConsentInput> => {
    const consent = { ...committed.consent, validUntil: FAR, ...changes };
    const signature = await signStruct(who.wallet, 'Consent', consentOf(consent), 31337, api.env.CONTRACTS);
    return { ...consent, signature };
  };
  /** Every stored record under the terms of a consent. */
  const resealed = (consent: ConsentInput) =>
    Promise.all(
      [committed.sealedKek, ...committed.labelPacks.map((pack) => pack.sealed)].map(({ record }) => {
        const { seals: _, ...terms } = record as SealedKeyRecord;
        const { purposes, validUntil, sources, consentNonce } = consent;
        return who.signRecord({ ...terms, purposes, validUntil, sources, consentNonce });
      }),
    );
  const extend = async (
    changes: Partial<ConsentInput> = {},
    bend: (input: ConsentExtendInput) => void = () => undefined,
    token = who.token,
  ): Promise<Answer> => {
    const consent = await consentWith(changes);
    const input: ConsentExtendInput = {
      datasetId: dataset.id,
      consent,
      grant: committed.grant,
      sealed: await resealed(consent),
    };
    bend(input);
    const answer = await api.graphql<{ consentExtend: Answer }>(EXTEND, { i: input }, token);
    return answer.data?.consentExtend ?? { __typename: String(answer.errors?.[0]?.extensions?.code) };
  };
  const records = () =>
    api.sql<{ kind: string; until: number; purposes: number }>(
      `SELECT kind, (record->>'validUntil')::int AS until, (record->>'purposes')::int AS purposes FROM sealed_key
       WHERE contributor_ref = $1 ORDER BY kind`,
      [who.ref],
    );

  it('holds older items under its terms, with every key sealed anew under the older name', async () => {
    const wider = Purpose.TRAIN | Purpose.LABEL | Purpose.EVALUATE;
    expect(await extend({ purposes: wider })).toMatchObject({
      __typename: 'ConsentExtended',
      extended: [hashOf(committed.consent)],
    });
    expect(await records()).toEqual([
      { kind: 'kek', until: FAR, purposes: wider },
      { kind: 'label', until: FAR, purposes: wider },
    ]);
    const again = await extend({ purposes: wider, validUntil: FAR + 1 });
    expect(again.extended).toEqual([hashOf(committed.consent)]);
    expect((await records())[0]!.until).toBe(FAR + 1);
  });

  it('counts for the next version: the items go in, with the new terms in cap table and key file', async () => {
    await extend();
    await api.runOutbox();
    await api.confirm();
    await api.graphql(CLOSE, { d: dataset.id }, dataset.token);
    const { data } = await api.graphql<{ versionPrepare: { manifestCid: string } }>(
      PREPARE,
      { d: dataset.id },
      dataset.token,
    );
    const read = async <T>(cid: string) => (await api.app.inject({ url: `/ipfs/${cid}?format=raw` })).json<T>();
    const manifest = await read<Manifest>(data.versionPrepare.manifestCid);
    expect(manifest.items.map((item) => item.consentHash)).toEqual(Array(2).fill(hashOf(committed.consent)));
    const { cid } = manifest.keyFiles[0]!;
    const file = await read<KeyFile>(cid);
    expect(file.sealed.map(({ record }) => [record.consentHash, record.validUntil])).toEqual([
      [hashOf(committed.consent), FAR],
    ]);
    const table = await read<{ contributor: { validUntil: number }[] }>(manifest.capTable.cid);
    expect(table.contributor.map(({ validUntil }) => validUntil)).toEqual([FAR]);
  });

  it.each<[string, Partial<ConsentInput>, string]>([
    ['narrower purposes', { purposes: Purpose.TRAIN }, Code.CONSENT_PURPOSES],
    ['a shorter time', { validUntil: now() + 60 }, Code.CONSENT_EXPIRED],
    ['a nonce that was withdrawn', { consentNonce: 1 }, Code.CONSENT_WITHDRAWN],
    ['more entitlement sources than there are', { sources: 4 }, Code.CONSENT_SOURCES],
  ])('is refused with %s', async (_, changes, code) => {
    const before = await records();
    expect((await extend(changes)).code).toBe(code);
    expect(await records()).toEqual(before);
  });

  it('is refused when a key is missing, foreign, of other terms or not signed by its owner', async () => {
    const before = await records();
    const cases: [(input: ConsentExtendInput) => void, string][] = [
      [(input) => void input.sealed.pop(), Code.BAD_SEALED_KEY],
      [(input) => void input.sealed.push(input.sealed[0]!), Code.BAD_SEALED_KEY],
      [(input) => void (input.sealed = []), Code.NOT_FOUND],
      [(input) => void (input.sealed[0] = committed.sealedKek), Code.BAD_SEALED_KEY],
      [(input) => void (input.sealed[0] = { ...input.sealed[0]!, signer: who.ref }), Code.WRONG_SIGNATURE],
      [
        (input) => void (input.consent = { ...input.consent, signature: committed.consent.signature }),
        Code.WRONG_SIGNATURE,
      ],
    ];
    for (const [bend, code] of cases) expect((await extend({}, bend)).code).toBe(code);
    const stranger = await new TestContributor(api, dataset).signIn();
    expect((await extend({}, undefined, stranger.token)).code).toBe(Code.FORBIDDEN);
    expect((await extend({}, undefined, '')).__typename).toBe('UNAUTHENTICATED');
    expect(await records()).toEqual(before);
  });

  it('does not outlive a withdrawal: every key under it is shredded', async () => {
    await extend();
    const args = { contributorRef: who.ref, datasetId: dataset.id, consentNonce: '1' };
    api.chain.mine({ contract: 'ConsentRegistry', name: 'ConsentWithdrawn', args });
    await api.confirm();
    expect(await records()).toEqual([]);
    expect((await extend({ validUntil: FAR + 2 })).code).toBe(Code.CONSENT_WITHDRAWN);
  });
});
