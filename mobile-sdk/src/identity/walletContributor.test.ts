import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  conditionOf,
  isOwnerKek,
  OWNER_ONLY,
  purposesOf,
  type SealedKek,
  sealKey,
  type SealedKeyRecord,
} from '@allod/protocol';
import { Wallet } from 'ethers';
import type { Client } from '../client.ts';
import type { ContributionCommitInput } from '../graphql/generated.ts';
import { createFakeKeyGate } from '../keys/fake.ts';
import { CHAIN_ID } from '../testing/fakeChain.ts';
import { createWorld, DATASET, FAR_AWAY, seedOf, TERMS_HASH, type World } from '../testing/fixtures.ts';
import { injectedWallet, type InjectedWallet } from '../testing/injectedWallet.ts';
import { walletContributor } from './walletContributor.ts';

const item = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });
const consent = {
  datasetId: DATASET,
  purposes: purposesOf('TRAIN', 'LABEL'),
  validUntil: FAR_AWAY,
  termsHash: TERMS_HASH,
};

describe('a wallet that contributes under its own address', () => {
  let world: World;
  let wallet: InjectedWallet;
  let client: Client;

  /** The rule of AccessPolicy for the contributor itself; nobody has a license here. */
  beforeEach(async () => {
    world = createWorld((account, record) => account.toLowerCase() === record.contributorRef.toLowerCase());
    wallet = injectedWallet();
    client = await device();
    await client.grantConsent(consent);
  });

  const device = async (source: InjectedWallet | Wallet = wallet): Promise<Client> =>
    world.client({ contributor: await walletContributor(source) });
  const give = (from: Client, ...values: string[]) => from.contribute({ datasetId: DATASET, items: values.map(item) });
  const commits = (): ContributionCommitInput[] => world.api.commits;
  const recover = async (from: Client): Promise<string[]> => {
    listItems();
    const found: string[] = [];
    for await (const result of from.recoverContributions({ datasetId: DATASET }))
      found.push(result.ok ? new TextDecoder().decode(result.bytes) : result.error.code);
    return found.sort();
  };
  const listItems = (): void => {
    const nodes = commits().flatMap(({ contributions, consent: { contributorRef }, sealedKek, root }) =>
      contributions.map(({ contributionId: id, leaves, ...given }, index) => {
        const { consentHash } = sealedKek.record as SealedKek;
        const rest = {
          id,
          datasetId: DATASET,
          contributorRef,
          consentHash,
          cid: leaves[0],
          state: 'ANCHORED',
          batchRoot: root,
        };
        return { ...given, ...rest, index, proof: [], committedAt: '2026-01-01T00:00:00.000Z' };
      }),
    );
    world.api.resolvers['myContributions'] = ((_: never, account: string) => ({
      edges: nodes.filter((node) => node.contributorRef === account).map((node) => ({ cursor: 'a', node })),
      totalCount: nodes.length,
      pageInfo: { hasNextPage: false, endCursor: null },
    })) as never;
  };

  it('is asked when it consents, and for no batch', async () => {
    const asked = wallet.prompts.map(({ method, primaryType }) => primaryType ?? method);
    expect(asked.sort()).toEqual(['Consent', 'DeviceGrant', 'SealedKey', 'personal_sign']);
    await give(client, 'one', 'two');
    await give(client, 'three');
    expect(wallet.prompts).toHaveLength(4);
    expect(commits()).toHaveLength(2);
    for (const { consent: given, grant, sealedKek } of commits()) {
      expect(given.contributorRef).toBe(wallet.address);
      expect(grant.signer).not.toBe(wallet.address);
      expect(sealedKek.signer).toBe(grant.signer);
    }
    expect(client.contributorRef(DATASET)).toBe(wallet.address);
  });

  it('keeps the top of its key chain sealed to itself: no purposes, no time, no sources', async () => {
    await give(client, 'one');
    const { record, signer } = commits()[0]!.ownerKek!;
    expect(record).toMatchObject({ kind: 'kek', version: 1023, contributorRef: wallet.address, ...OWNER_ONLY });
    expect(isOwnerKek(record as SealedKeyRecord)).toBe(true);
    expect(signer).toBe(wallet.address);
    expect(isOwnerKek(commits()[0]!.sealedKek.record as SealedKeyRecord)).toBe(false);
  });

  it('takes everything back on a second device with nothing but the wallet, and goes on giving there', async () => {
    await give(client, 'one', 'two');
    const second = await device();
    expect(await recover(second)).toEqual(['one', 'two']);
    await second.grantConsent(consent);
    await give(second, 'three');
    expect(commits()[1]!.ownerKek).toEqual(commits()[0]!.ownerKek);
    expect(commits()[1]!.grant.signer).not.toBe(commits()[0]!.grant.signer);
    expect(await recover(await device())).toEqual(['one', 'three', 'two']);
  });

  it('has keys of its own under every consent', async () => {
    await give(client, 'one');
    await client.grantConsent({ ...consent, purposes: purposesOf('EVALUATE') });
    await give(client, 'two');
    const [first, second] = commits().map(({ ownerKek }) => ownerKek!.record as SealedKek);
    expect(first!.consentHash).not.toBe(second!.consentHash);
    expect(first!.seals[0]!.dataHash).not.toBe(second!.seals[0]!.dataHash);
    expect(await recover(await device())).toEqual(['one', 'two']);
  });

  it('gives nothing to another account, not even with everything that the API keeps', async () => {
    await give(client, 'one');
    const stranger = await device(injectedWallet());
    expect(await recover(stranger)).toEqual([]);
    listItems();
    const usual = { items: world.api.resolvers['myContributions']!, node: wallet.address };
    world.api.resolvers['myContributions'] = ((args: never, _: never, fallback: never) =>
      (usual.items as (...all: unknown[]) => unknown)(args, usual.node, fallback)) as never;
    const [commit] = commits();
    world.api.resolvers['ownerKeys'] = () => ({
      sealed: [commit!.ownerKek, commit!.sealedKek],
      wraps: commit!.contributions.map(({ contributionId, intake, wrappedDek }) => ({
        ...{ contributionId, kind: 'kek', intake, wrappedDek },
        consentHash: (commit!.sealedKek.record as SealedKek).consentHash,
      })),
    });
    const found: string[] = [];
    for await (const result of stranger.recoverContributions({ datasetId: DATASET }))
      found.push(result.ok ? 'opened' : result.error.code);
    expect(found).toEqual(['NOT_AUTHORIZED']);
  });

  it('says so when its key is lost with the device that made it, and consents anew', async () => {
    const platform = world.platform();
    const contributor = await walletContributor(wallet);
    const before = world.client({ contributor, platform });
    const { consentHash } = await before.grantConsent({ ...consent, validUntil: FAR_AWAY - 1 });
    await platform.keyStore.delete(`kek/${CHAIN_ID}/${consentHash}`);
    const after = world.client({ contributor, platform });
    await expect(give(after, 'one')).rejects.toMatchObject({ code: 'OWNER_KEY_MISSING', details: { consentHash } });
    await after.grantConsent({ ...consent, validUntil: FAR_AWAY - 1 });
    await give(after, 'one');
    expect(await recover(await device())).toEqual(['one']);
  });

  it('says what the keepers say when they do not give its key', async () => {
    await give(client, 'one');
    world.api.resolvers['ownerKeys'] = () => {
      const { ownerKek } = commits()[0]!;
      const record = structuredClone(ownerKek!.record) as SealedKek;
      return { sealed: [{ ...ownerKek, record }], wraps: [] };
    };
    const closed = createFakeKeyGate({ chainId: CHAIN_ID, allows: () => false });
    const second = world.client({
      contributor: await walletContributor(wallet),
      keyGate: {
        ...client.keyGate,
        networkKey: client.keyGate.networkKey,
        open: (...all) => closed.open(...all),
        seal: (...all) => client.keyGate.seal(...all),
        startSession: (...all) => client.keyGate.startSession(...all),
      },
    });
    await expect(second.grantConsent(consent)).rejects.toMatchObject({ code: 'BAD_SEALED_KEY' });
  });

  it('does not take a key that somebody else sealed to it', async () => {
    await give(client, 'one');
    const { record } = commits()[0]!.ownerKek!;
    const forged = structuredClone(record) as SealedKek;
    const gate = createFakeKeyGate({ chainId: CHAIN_ID, allows: () => true });
    forged.seals = [sealKey(gate.networkKey, conditionOf(forged), new Uint8Array(32).fill(1))];
    const operator = Wallet.createRandom();
    world.api.resolvers['ownerKeys'] = () => ({
      sealed: [{ record: forged, signature: commits()[0]!.ownerKek!.signature, signer: operator.address }],
      wraps: [],
    });
    const second = await device();
    await second.grantConsent(consent);
    await give(second, 'two');
    const used = commits()[1]!.ownerKek!.record as SealedKek;
    expect(used.seals[0]!.dataHash).not.toBe(forged.seals[0]!.dataHash);
  });

  it('is not mixed with a seed', () => {
    const contributor = { address: wallet.address, signer: Wallet.createRandom() };
    expect(() => world.client({ contributor, seed: seedOf(1) })).toThrow('not from both');
  });

  it('runs as the README shows it', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const code = /```ts\n(const contributor = await walletContributor[\s\S]*?)```/.exec(readme)![1]!;
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(5);
    const AsyncFunction = (async () => undefined).constructor as new (
      ...parts: string[]
    ) => (...values: unknown[]) => Promise<unknown>;
    const names = [
      'walletContributor',
      'createClient',
      'window',
      'api',
      'chain',
      'keyGate',
      'datasetId',
      'purposes',
      'validUntil',
      'termsHash',
      'items',
    ];
    const created = ({ contributor }: { contributor: never }) => world.client({ contributor });
    const { purposes, validUntil, termsHash } = consent;
    await new AsyncFunction(...names, code)(
      ...[
        walletContributor,
        created,
        { ethereum: wallet },
        '',
        {},
        {},
        DATASET,
        purposes,
        validUntil,
        termsHash,
        [item('from the README')],
      ],
    );
    expect(await recover(await device())).toEqual(['from the README']);
  });
});
