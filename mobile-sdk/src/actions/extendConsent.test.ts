import { beforeEach, describe, expect, it } from '@jest/globals';
import { digestOf, Purpose, purposesOf, type SealedKek, sealedKeyHash, type SealedKeyRecord } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import type { Client } from '../client.ts';
import type { ConsentExtendInput, SignedRecordInput } from '../graphql/generated.ts';
import { loadConsent } from '../identity/consents.ts';
import { CHAIN_ID, contracts } from '../testing/fakeChain.ts';
import { freeze, publish } from '../testing/fakeVersion.ts';
import {
  consentTo,
  createWorld,
  DATASET,
  FAR_AWAY,
  seedOf,
  TERMS_HASH,
  walletOf,
  type World,
} from '../testing/fixtures.ts';

const LONGER = FAR_AWAY + 1000;
const item = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });

describe('extendConsent', () => {
  let world: World;
  let client: Client;
  let before: SignedRecordInput[];
  let sent: ConsentExtendInput[];

  beforeEach(async () => {
    world = createWorld((_, record) => record.validUntil === LONGER);
    client = world.client({ seed: seedOf(1) });
    sent = [];
    await consentTo(client, ['TRAIN', 'LABEL']);
    await client.contribute({ datasetId: DATASET, items: [item('a')] });
    world.api.openIntake = 2;
    await client.contribute({ datasetId: DATASET, items: [item('b')] });
    before = world.api.commits.flatMap((commit) => [commit.sealedKek, ...commit.labelPacks.map((pack) => pack.sealed)]);
    world.api.resolvers['ownerKeys'] = () => ({ sealed: before, wraps: [] });
    world.api.resolvers['consentExtend'] = (({ input }: { input: ConsentExtendInput }) => {
      sent.push(input);
      const extended = [...new Set(input.sealed.map(({ record }) => (record as SealedKeyRecord).consentHash))];
      return { __typename: 'ConsentExtended', consentHash: TERMS_HASH, extended };
    }) as never;
  });

  const placeOf = ({ record }: SignedRecordInput): string => {
    const { kind, consentHash, ...rest } = record as SealedKeyRecord;
    return `${kind} ${consentHash} ${'version' in rest ? rest.version : rest.packId}`;
  };
  const extend = (changes: object = {}) => client.extendConsent({ datasetId: DATASET, validUntil: LONGER, ...changes });

  it('seals every older key anew, under the new terms and its old name, signed by this device', async () => {
    const { consent, extended } = await extend();
    const [input] = sent;
    expect(input!.sealed.map(placeOf)).toEqual(before.map(placeOf));
    expect(extended).toEqual([(before[0]!.record as SealedKeyRecord).consentHash]);
    for (const { record, signature, signer } of input!.sealed) {
      const { validUntil, purposes, contributorRef } = record as SealedKeyRecord;
      expect([validUntil, purposes]).toEqual([LONGER, purposesOf('TRAIN', 'LABEL')]);
      const statement = { contributorRef, datasetId: DATASET, recordHash: sealedKeyHash(record as SealedKeyRecord) };
      expect(recoverAddress(digestOf('SealedKey', statement, CHAIN_ID, contracts), signature)).toBe(signer);
      expect(signer).toBe(consent.grant.signer);
    }
    expect((await loadConsent(client, DATASET)).consentHash).toBe(consent.consentHash);
  });

  it('lets licensees of the next version open what was given under the older terms', async () => {
    const frozen = () => {
      const version = freeze(world, 2);
      return { ...version, contributor: version.contributor.slice(0, 1) };
    };
    publish(world, frozen());
    const licensee = world.client({ signer: walletOf(9) });
    const openAll = async (): Promise<string[]> => {
      const results: string[] = [];
      for await (const result of await licensee.openDataset({ datasetId: DATASET }))
        results.push(result.ok ? new TextDecoder().decode(result.bytes) : result.error.code);
      return results;
    };
    expect(await openAll()).toEqual(['NOT_AUTHORIZED', 'NOT_AUTHORIZED']);
    await extend();
    const version = frozen();
    for (const file of version.keyFiles.values()) {
      file.sealed = sent[0]!.sealed.filter(({ record }) => (record as SealedKek).kind === 'kek') as never;
    }
    world.chain.events.length = 0;
    publish(world, version);
    expect(await openAll()).toEqual(['a', 'b']);
  });

  it('adds purposes and keeps the others', async () => {
    const { consent } = await extend({ purposes: Purpose.RAG });
    expect(consent.consent.purposes).toBe(purposesOf('TRAIN', 'LABEL', 'RAG'));
  });

  it('leaves alone what may not grow into it: other nonces, other purposes, longer terms', async () => {
    const [first, second, third, ...rest] = before.map((signed) => structuredClone(signed));
    (first!.record as SealedKeyRecord).consentNonce = 7;
    (second!.record as SealedKeyRecord).purposes = Purpose.EVALUATE;
    (third!.record as SealedKeyRecord).validUntil = LONGER + 1;
    before = [first!, second!, third!, ...rest];
    await extend();
    expect(sent[0]!.sealed.map(placeOf)).toEqual(rest.map(placeOf));
  });

  it('sends nothing when nothing was given before', async () => {
    before = [];
    expect(await extend()).toMatchObject({ extended: [] });
    expect(sent).toEqual([]);
  });

  it('changes nothing when it would end earlier, or when the API refuses', async () => {
    const { consentHash } = await loadConsent(client, DATASET);
    await expect(extend({ validUntil: FAR_AWAY - 1 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    world.api.resolvers['consentExtend'] = () => ({ __typename: 'Refused', code: 'CONSENT_WITHDRAWN', message: 'no' });
    await expect(extend()).rejects.toMatchObject({ code: 'CONSENT_WITHDRAWN' });
    expect((await loadConsent(client, DATASET)).consentHash).toBe(consentHash);
  });
});
