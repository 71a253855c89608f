import { randomBytes } from 'node:crypto';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { purposesOf, ReceiptKind } from '@allod/protocol';
import { type Client, type OpenedItem, type RecoveredItem } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(180_000);

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const DAY = 86_400;
const seconds = (): number => Math.floor(Date.now() / 1000);
const text = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });
const read = (result: OpenedItem | RecoveredItem): string =>
  result.ok ? new TextDecoder().decode(result.bytes) : result.error.code;

/** Keys from their sealing to their end, through public doors: API, keepers, chain and gateway of a real stack. */
describe('the keys of a contributor', () => {
  let stack: Stack;
  let clients: Clients;
  let contributor: Client;
  let company: Client;
  let datasetId: string;
  let ids: string[];
  let validUntil: number;
  const seed = new Uint8Array(randomBytes(32));

  beforeAll(async () => {
    stack = await startStack();
    clients = new Clients(stack);
    contributor = clients.of('contributor1', { seed });
    company = clients.of('company');
    const purposes = purposesOf('TRAIN', 'EVALUATE');
    ({ datasetId } = await clients.of('curator').createDataset({
      name: 'Notes',
      description: 'Short texts',
      mediaType: 'text/plain',
      schema: { type: 'text' },
      purposes,
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    }));
    validUntil = seconds() + DAY;
    await contributor.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash: TERMS_HASH });
    ids = (await contributor.contribute({ datasetId, items: ['one', 'two', 'three'].map(text) })).contributionIds;
    for (const contributionId of ids) await contributor.waitForContribution({ datasetId, contributionId });
  });
  afterAll(async () => {
    await clients?.close();
    await stack?.stop();
  });

  const publish = async (): Promise<number> => {
    const curator = clients.of('curator');
    await curator.closeIntake({ datasetId });
    const draft = await curator.prepareVersion({ datasetId });
    const { version } = await curator.publishVersion({ datasetId, draft });
    await company.waitForVersion({ datasetId, version });
    return version;
  };
  const openAll = async (): Promise<string[]> => {
    const results: string[] = [];
    for await (const result of await company.openDataset({ datasetId })) results.push(read(result));
    return results.sort();
  };
  const recoverAll = async (keys: 'seed' | 'keepers'): Promise<string[]> => {
    const device = clients.of('contributor1', { seed });
    const results: string[] = [];
    for await (const result of device.recoverContributions({ datasetId, keys })) results.push(read(result));
    return results.sort();
  };
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (let i = 0; i < 150; i++) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('it did not happen within 30 s');
  };

  test('recovers everything on a second device before anything is published, from the seed or through the keepers', async () => {
    expect(await recoverAll('seed')).toEqual(['one', 'three', 'two']);
    expect(await recoverAll('keepers')).toEqual(['one', 'three', 'two']);
  });

  test('extends its consent: licensees of the next version open older items under the longer terms', async () => {
    const longer = validUntil + DAY;
    const { extended } = await contributor.extendConsent({ datasetId, validUntil: longer });
    expect(extended).toHaveLength(1);
    const version = await publish();
    const { offerIndex } = await clients.of('curator').createOffer({
      datasetId,
      price: 3_000_000n,
      duration: 30 * DAY,
      purposes: purposesOf('TRAIN'),
      termsHash: TERMS_HASH,
    });
    await company.purchaseLicense({ datasetId, offerIndex, version });
    expect(await openAll()).toEqual(['one', 'three', 'two']);
    expect(await recoverAll('keepers')).toEqual(['one', 'three', 'two']);
  });

  test('takes one item back: its key file is replaced and gone, licensees are told, the rest opens', async () => {
    const { manifest } = await company.openDataset({ datasetId });
    const [{ cid: oldCid }] = manifest.keyFiles as [{ contributorRef: string; cid: string }];
    const withdrawn = await contributor.withdrawContribution({ datasetId, contributionId: ids[1] as string });
    expect(withdrawn.receipt).toMatchObject({ subject: ids[1], kind: ReceiptKind.ITEM_WITHDRAWN });
    expect(await openAll()).toEqual(['ITEM_WITHDRAWN', 'one', 'three']);
    const served = async () => (await fetch(`${stack.urls.api}/ipfs/${oldCid}?format=raw`)).status;
    expect(await until(async () => ((await served()) === 404 ? 404 : undefined))).toBe(404);
    expect(await openAll()).toEqual(['ITEM_WITHDRAWN', 'one', 'three']);
    expect(await recoverAll('seed')).toEqual(['ITEM_WITHDRAWN', 'one', 'three']);

    const notices = [];
    for await (const notice of company.getWithdrawals({ datasetId })) notices.push(notice);
    expect(notices).toEqual([expect.objectContaining({ contributionId: ids[1], acknowledgedAt: null })]);
    expect(await company.acknowledgeWithdrawals({ ids: notices.map(({ id }) => id) })).toBe(1);
  });

  test('withdraws its consent: keepers refuse at once, keys are shredded, and the operator signs for it', async () => {
    await contributor.withdrawConsent({ datasetId, via: 'direct' });
    expect((await company.openDataset({ datasetId }).then(({ keys }) => keys)).map(({ code }) => code)).not.toContain(
      'RELEASED',
    );
    const shredded = await until(async () =>
      (await contributor.getReceipts({ datasetId })).find(({ kind }) => kind === ReceiptKind.KEYS_SHREDDED),
    );
    expect(shredded.text).toContain('cannot be recalled');
    expect(await openAll()).toEqual(['ITEM_WITHDRAWN', 'ITEM_WITHDRAWN', 'ITEM_WITHDRAWN']);
    expect(await recoverAll('seed')).toEqual(['ITEM_WITHDRAWN', 'ITEM_WITHDRAWN', 'ITEM_WITHDRAWN']);
    await expect(contributor.extendConsent({ datasetId, validUntil: validUntil + 3 * DAY })).rejects.toMatchObject({
      code: 'CONSENT_MISSING',
    });
  });
});
