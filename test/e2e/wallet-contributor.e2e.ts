import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { type KeyFile, OWNER_ONLY, purposesOf, type SealedKeyRecord } from '@allod/protocol';
import { type Client, memoryPlatform, type OpenedItem, type RecoveredItem, walletContributor } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Wallet } from 'ethers';
import { injectedWallet, type InjectedWallet } from '../../mobile-sdk/src/testing/injectedWallet.ts';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(180_000);

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const DAY = 86_400;
const text = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });
const read = (result: OpenedItem | RecoveredItem): string =>
  result.ok ? new TextDecoder().decode(result.bytes) : result.error.code;

/** An injected wallet contributes, on a real stack: it gives out no key and no seed, and counts what it asks its owner. */
describe('a wallet as contributor', () => {
  let stack: Stack;
  let clients: Clients;
  let datasetId: string;
  let ids: string[];
  let wallet: InjectedWallet;
  const validUntil = Math.floor(Date.now() / 1000) + DAY;

  beforeAll(async () => {
    stack = await startStack();
    clients = new Clients(stack);
    wallet = injectedWallet(new Wallet(stack.accounts.contributor1.privateKey), stack.chainId);
    ({ datasetId } = await clients.of('curator').createDataset({
      name: 'Notes',
      description: 'Short texts',
      mediaType: 'text/plain',
      schema: { type: 'text' },
      purposes: purposesOf('TRAIN'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    }));
  });
  afterAll(async () => {
    await clients?.close();
    await stack?.stop();
  });

  /** A device that was never used, with this wallet in its browser. */
  const device = async (of: InjectedWallet = wallet): Promise<Client> =>
    clients.of('stranger', { contributor: await walletContributor(of), platform: memoryPlatform() });
  const prompts = (): string[] => wallet.prompts.splice(0).map(({ method, primaryType }) => primaryType ?? method);
  const all = async (results: AsyncIterable<OpenedItem | RecoveredItem>): Promise<string[]> => {
    const found: string[] = [];
    for await (const result of results) found.push(read(result));
    return found.sort();
  };

  test('signs once to consent, and for no batch', async () => {
    const client = await device();
    await client.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash: TERMS_HASH });
    expect(prompts().sort()).toEqual(['Consent', 'DeviceGrant', 'SealedKey', 'personal_sign']);
    ids = [];
    for (const batch of [['one', 'two'], ['three']])
      ids.push(...(await client.contribute({ datasetId, items: batch.map(text) })).contributionIds);
    for (const contributionId of ids) await client.waitForContribution({ datasetId, contributionId });
    expect(prompts()).toEqual([]);
    expect((await client.getContribution({ contributionId: ids[0] as string }))?.contributorRef).toBe(wallet.address);
  });

  test('takes everything back on a second device, through the keepers, before anything is published', async () => {
    const second = await device();
    expect(await all(second.recoverContributions({ datasetId }))).toEqual(['one', 'three', 'two']);
    expect(prompts()).toEqual(['personal_sign', 'personal_sign']);
  });

  test('goes on giving there, under the consent and the keys of the first', async () => {
    const second = await device();
    await second.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash: TERMS_HASH });
    const { contributionIds } = await second.contribute({ datasetId, items: [text('four')] });
    await second.waitForContribution({ datasetId, contributionId: contributionIds[0] as string });
    const third = await device();
    expect(await all(third.recoverContributions({ datasetId }))).toEqual(['four', 'one', 'three', 'two']);
  });

  test('exports from a published version without the API, and a licensee opens it', async () => {
    const curator = clients.of('curator');
    await curator.closeIntake({ datasetId });
    const { version } = await curator.publishVersion({ datasetId, draft: await curator.prepareVersion({ datasetId }) });
    await curator.waitForVersion({ datasetId, version });
    const { offerIndex } = await curator.createOffer({
      datasetId,
      price: 3_000_000n,
      duration: 30 * DAY,
      purposes: purposesOf('TRAIN'),
      termsHash: TERMS_HASH,
    });
    const company = clients.of('company');
    await company.purchaseLicense({ datasetId, offerIndex, version });
    expect(await all(await company.openDataset({ datasetId }))).toEqual(['four', 'one', 'three', 'two']);
    expect(await all(await (await device()).exportContributions({ datasetId }))).toEqual([
      'four',
      'one',
      'three',
      'two',
    ]);
  });

  test('no other account gets its key: not a licensee, not the operator, with every record that there is', async () => {
    const third = await device();
    const { sealed } = (await ownerKeysOf(third)) as { sealed: { record: SealedKeyRecord }[] };
    const owner = sealed.map(({ record }) => record).find(({ purposes }) => purposes === 0);
    expect(owner).toMatchObject({ kind: 'kek', version: 1023, contributorRef: wallet.address, ...OWNER_ONLY });
    for (const role of ['company', 'curator', 'deployer', 'stranger'] as const) {
      const { keyGate } = clients.of(role);
      const session = await keyGate.startSession(new Wallet(stack.accounts[role].privateKey));
      expect(await keyGate.open([owner!], session)).toMatchObject([{ ok: false, code: 'NOT_AUTHORIZED' }]);
    }
    const own = await third.keyGate.startSession(new Wallet(stack.accounts.contributor1.privateKey));
    expect(await third.keyGate.open([owner!], own)).toMatchObject([{ ok: true }]);

    const { manifest } = await clients.of('company').openDataset({ datasetId });
    const files = await Promise.all(
      manifest.keyFiles.map(
        async ({ cid }) => (await fetch(`${stack.urls.api}/ipfs/${cid}?format=raw`)).json() as Promise<KeyFile>,
      ),
    );
    expect(files.flatMap((file) => file.sealed.map(({ record }) => record.version))).not.toContain(1023);
    const stranger = await device(injectedWallet(new Wallet(stack.accounts.contributor2.privateKey), stack.chainId));
    expect(await all(stranger.recoverContributions({ datasetId }))).toEqual([]);
  });

  /** What the API keeps for the wallet, asked for with a session of the wallet. */
  const ownerKeysOf = async (client: Client): Promise<unknown> => {
    const { token } = await client.signIn({ datasetId });
    const answer = await fetch(`${stack.urls.api}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: 'query($d: Bytes32!) { ownerKeys(datasetId: $d) }', variables: { d: datasetId } }),
    });
    return ((await answer.json()) as { data: { ownerKeys: unknown } }).data.ownerKeys;
  };
});
