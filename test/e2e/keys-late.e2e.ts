import { randomBytes } from 'node:crypto';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { fromHex, type KeyFile, type Manifest, purposesOf, type SealedKek, unwrapDek, walkKek } from '@allod/protocol';
import { type Client, createLightKeyGate, isAllodError, memoryPlatform } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Wallet } from 'ethers';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(240_000);

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const DAY = 86_400;
const LABELERS = ['labeler1', 'labeler2', 'labeler3'] as const;
const text = (value: string) => ({ bytes: new TextEncoder().encode(value), mediaType: 'text/plain' });
const wordOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).split(' ')[0] as string;

/** Labels that come after the version of an item's intake, on a real stack: labelers, keepers, two licensees, a device that was away. */
describe('an item that is validated late', () => {
  let stack: Stack;
  let clients: Clients;
  let datasetId: string;
  let jobId: string;
  let early: string;
  let late: string;
  let offerIndex: number;
  const seed = new Uint8Array(randomBytes(32));
  const phone = memoryPlatform();
  const device = (): Client => clients.of('contributor1', { seed, platform: phone });

  beforeAll(async () => {
    stack = await startStack();
    clients = new Clients(stack);
    const curator = clients.of('curator');
    const purposes = purposesOf('TRAIN', 'LABEL');
    ({ datasetId } = await curator.createDataset({
      name: 'Animals',
      description: 'Words about animals',
      mediaType: 'text/plain',
      schema: { type: 'text' },
      purposes,
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    }));
    const validUntil = Math.floor(Date.now() / 1000) + DAY;
    const contributor = device();
    await contributor.grantConsent({ datasetId, purposes, validUntil, termsHash: TERMS_HASH });
    early = await give(contributor, 'cat, early');
    jobId = await openJob();
    for (const name of LABELERS) {
      const tasks = await clients.of(name).takeQuiz({ jobId });
      await clients.of(name).submitQuiz({ jobId, answers: tasks.map(({ bytes }) => wordOf(bytes)) });
    }
    await label();
    await contributor.waitForContribution({ datasetId, contributionId: early, state: 'VALIDATED' });
    late = await give(contributor, 'dog, late');
    await tasks(2);
    await contributor.close();
  });
  afterAll(async () => {
    await clients?.close();
    await stack?.stop();
  });

  const give = async (contributor: Client, value: string): Promise<string> => {
    const { contributionIds } = await contributor.contribute({ datasetId, items: [text(value)] });
    await contributor.waitForContribution({ datasetId, contributionId: contributionIds[0] as string });
    return contributionIds[0] as string;
  };
  const openJob = async (): Promise<string> => {
    const requester = clients.of('requester');
    const draft = await requester.createJob({
      datasetId,
      title: 'Cat or dog?',
      instructions: 'Choose the animal.',
      labels: ['cat', 'dog'],
      price: 40_000n,
      budget: 5_000_000n,
      dailyCap: 5_000_000n,
      quizBudget: 1_000_000n,
      overlapMin: 2,
      overlapMax: 3,
      secondsPerTask: 1,
      quiz: Array.from({ length: 10 }, (_, i) => {
        const answer = i % 2 === 0 ? 'cat' : 'dog';
        return { ...text(`${answer} ${i}`), answer };
      }),
    });
    const approval = await clients.of('curator').approveJob({ jobId: draft.job.id });
    await requester.fundJob({ draft, approval });
    return draft.job.id;
  };
  const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    for (let i = 0; i < 200; i++) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    throw new Error(`not within a minute: ${what}`);
  };
  const tasks = (count: number) =>
    until(`${count} tasks`, async () => {
      const job = await clients.of('stranger').getJob({ jobId });
      return job && job.taskCount >= count ? job : undefined;
    });
  /** Everybody labels what there is, from the bytes that were opened. */
  const label = async (): Promise<void> => {
    await tasks(1);
    await until('labels of all tasks', async () => {
      for (const name of LABELERS) {
        try {
          const { assignment, bytes } = await clients.of(name).acceptAssignment({ jobId });
          await clients.of(name).submitAnnotation({ assignment, value: wordOf(bytes).replace(',', '') });
        } catch (error) {
          if (!isAllodError(error, 'NO_TASK') && !isAllodError(error, 'NOT_QUALIFIED')) throw error;
        }
      }
      const job = await clients.of('stranger').getJob({ jobId });
      return job && job.resolvedCount === job.taskCount ? job : undefined;
    });
  };
  const publish = async () => {
    const curator = clients.of('curator');
    await curator.closeIntake({ datasetId });
    const draft = await curator.prepareVersion({ datasetId });
    const { version } = await curator.publishVersion({ datasetId, draft });
    await curator.waitForVersion({ datasetId, version });
    return { version, excluded: draft.excluded };
  };
  const opened = async (client: Client, version: number): Promise<Map<string, string>> => {
    const results = new Map<string, string>();
    for await (const result of await client.openDataset({ datasetId, version })) {
      const { contributionId } = result.item;
      results.set(contributionId, result.ok ? new TextDecoder().decode(result.bytes) : result.error.code);
    }
    return results;
  };
  const read = async <T>(cid: string): Promise<T> =>
    (await fetch(`${stack.urls.api}/ipfs/${cid}?format=raw`)).json() as Promise<T>;
  /** What an account can get from the keepers with the public key file of a version: KEKs by intake. */
  const keksOf = async (role: 'company' | 'stranger' | 'seatUser', file: KeyFile): Promise<Map<number, Uint8Array>> => {
    const gate = createLightKeyGate({
      chainId: stack.chainId,
      chain: stack.chainName,
      networkKey: stack.network.networkKey,
      keeperRegistry: stack.deployment.addresses.KeeperRegistry,
      rpcUrl: stack.urls.rpc,
    });
    const records: SealedKek[] = file.sealed.map(({ record }) => record);
    const session = await gate.startSession(new Wallet(stack.accounts[role].privateKey));
    const results = await gate.open(records, session);
    await gate.close();
    return new Map(
      records.flatMap(({ version }, i) => {
        const result = results[i]!;
        return result.ok ? [[version, result.key] as const] : [];
      }),
    );
  };
  const keyFileOf = async (version: number): Promise<{ manifest: Manifest; file: KeyFile }> => {
    const { manifest } = await clients.of('company').openDataset({ datasetId, version });
    const ref = manifest.items.find((item) => item.contributionId === early)!.contributorRef;
    const { cid } = manifest.keyFiles.find((entry) => entry.contributorRef === ref)!;
    return { manifest, file: await read<KeyFile>(cid) };
  };

  test('stays out of the version of its intake while its labels are open', async () => {
    const { version, excluded } = await publish();
    expect(version).toBe(1);
    expect(excluded).toEqual([{ contributionId: late, reason: 'LABELS_PENDING' }]);
    ({ offerIndex } = await clients.of('curator').createOffer({
      datasetId,
      price: 3_000_000n,
      duration: 30 * DAY,
      purposes: purposesOf('TRAIN'),
      termsHash: TERMS_HASH,
    }));
    await clients.of('company').purchaseLicense({ datasetId, offerIndex, version });
    expect(await opened(clients.of('company'), 1)).toEqual(new Map([[early, 'cat, early']]));
  });

  test('is moved into the open intake when its device is back, without anybody asking for it', async () => {
    await label();
    const before = await until('VALIDATED', async () => {
      const item = await clients.of('stranger').getContribution({ contributionId: late });
      return item?.state === 'VALIDATED' ? item : undefined;
    });
    expect(before).toMatchObject({ intake: 1, version: null });

    const contributor = device();
    const told: unknown[] = [];
    contributor.on('rewrapped', (event) => told.push(event));
    const stop = contributor.startUploads();
    await until('the event', async () => told[0]);
    stop();
    const after = await contributor.waitForContribution({ datasetId, contributionId: late, state: 'VALIDATED' });
    expect(after).toMatchObject({ id: late, cid: before.cid, intake: 2, reason: 'REWRAPPED' });
    expect(told).toEqual([{ datasetId, contributionIds: [late], intake: 2, root: after.batchRoot }]);
    const receipt = await contributor.getContributionReceipt({ datasetId, contributionId: late });
    expect(receipt).toMatchObject({ contribution: { intake: 2 }, batch: { root: after.batchRoot } });
    expect((await contributor.resume()).rewrapped).toEqual([]);
    expect(await contributor.rewrapContributions({ datasetId })).toEqual([]);
    await contributor.close();
  });

  test('is in the next version once, with its labels, and opens to who licensed that version', async () => {
    const { version, excluded } = await publish();
    expect([version, excluded]).toEqual([2, []]);
    const { manifest, file } = await keyFileOf(2);
    expect(
      manifest.items.map(({ contributionId, intake, checked }) => [contributionId, intake, checked]).sort(),
    ).toEqual(
      [
        [early, 1, 'validated'],
        [late, 2, 'validated'],
      ].sort(),
    );
    expect(manifest.labelSet).toMatchObject({ count: 1 });
    expect(file.wraps.map(({ contributionId, intake }) => [contributionId, intake]).sort()).toEqual(
      [
        [early, 1],
        [late, 2],
      ].sort(),
    );
    const newer = clients.of('seatUser');
    await newer.purchaseLicense({ datasetId, offerIndex, version });
    expect(await opened(newer, 2)).toEqual(
      new Map([
        [early, 'cat, early'],
        [late, 'dog, late'],
      ]),
    );
  });

  test('does not open to a licensee of the older version, who holds the public key file and every key that it may have', async () => {
    const { file } = await keyFileOf(2);
    const wrap = file.wraps.find(({ contributionId }) => contributionId === late)!;
    const opens = (kek: Uint8Array): boolean => {
      try {
        return unwrapDek(kek, fromHex(wrap.wrappedDek), late).length === 32;
      } catch {
        return false;
      }
    };
    const older = await keksOf('company', file);
    expect([...older.keys()]).toEqual([1]);
    expect(opens(older.get(1)!)).toBe(false);
    const own = file.wraps.find(({ contributionId }) => contributionId === early)!;
    expect(unwrapDek(older.get(1)!, fromHex(own.wrappedDek), early)).toHaveLength(32);

    const newer = await keksOf('seatUser', file);
    expect(opens(newer.get(2)!)).toBe(true);
    expect(walkKek(newer.get(2)!, 2, 1)).toEqual(older.get(1));
    expect((await keksOf('stranger', file)).size).toBe(0);
    expect((await opened(clients.of('company'), 2)).get(late)).not.toBe('dog, late');
  });
});
