import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { abis } from '@allod/contracts';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { equalBytes, purposesOf, type SealedKek, type SealedKeyRecord } from '@allod/protocol';
import { createLightKeyGate, type KeyGate, type KeyResult, type LightKeyGateOptions } from '@allod/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import pg from 'pg';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(180_000);

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const YES = `0x${'00'.repeat(31)}01`;
const refused = (code: string) => ({ ok: false, code });

describe('nobody reads around the keepers', () => {
  let stack: Stack;
  let clients: Clients;
  let chain: JsonRpcProvider;
  let gate: KeyGate;
  let datasetId: string;
  /** What the operator holds: every sealed record that the API stores. */
  let kek: SealedKek;
  let labelKey: SealedKeyRecord;
  let contributionIds: string[];
  const seed = new Uint8Array(randomBytes(32));
  const bytes = new Uint8Array(randomBytes(300));

  const gateWith = (options: Partial<LightKeyGateOptions> = {}): KeyGate =>
    createLightKeyGate({
      chainId: stack.chainId,
      chain: stack.chainName,
      networkKey: stack.network.networkKey,
      keeperRegistry: stack.deployment.addresses.KeeperRegistry,
      rpcUrl: stack.urls.rpc,
      ...options,
    });
  const open = async (role: keyof Stack['accounts'], record: SealedKeyRecord, through = gate): Promise<KeyResult> => {
    const session = await through.startSession(new Wallet(stack.accounts[role].privateKey));
    return (await through.open([record], session))[0] as KeyResult;
  };
  /** Keepers look at the chain again after half a second. */
  const afterHeads = (): Promise<void> => sleep(700);
  const storedRecord = async (kind: string): Promise<SealedKeyRecord> => {
    const db = new pg.Client({ connectionString: stack.urls.database });
    await db.connect();
    try {
      const { rows } = await db.query('select record from sealed_key where kind = $1 and dataset_id = $2', [
        kind,
        datasetId,
      ]);
      return rows[0].record as SealedKeyRecord;
    } finally {
      await db.end();
    }
  };
  const draftJob = () =>
    clients.of('requester').createJob({
      datasetId,
      title: 'Even or odd?',
      instructions: 'Say whether the first byte is even.',
      labels: ['even', 'odd'],
      price: 10_000n,
      budget: 1_000_000n,
      dailyCap: 1_000_000n,
      quizBudget: 200_000n,
      overlapMin: 2,
      overlapMax: 3,
      secondsPerTask: 1,
      quiz: Array.from({ length: 5 }, (_, i) => ({
        bytes: new Uint8Array([i, 1]),
        mediaType: 'application/octet-stream',
        answer: i % 2 === 0 ? 'even' : 'odd',
      })),
    });

  beforeAll(async () => {
    stack = await startStack();
    clients = new Clients(stack);
    chain = new JsonRpcProvider(stack.urls.rpc, stack.chainId, { staticNetwork: true, cacheTimeout: -1 });
    gate = gateWith();
    const purposes = purposesOf('TRAIN', 'LABEL');
    const created = await clients.of('curator').createDataset({
      name: 'Noise',
      description: 'Random bytes',
      mediaType: 'application/octet-stream',
      schema: { type: 'bytes' },
      purposes,
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    });
    datasetId = created.datasetId;
    const contributor = clients.of('contributor1', { seed });
    const validUntil = Math.floor(Date.now() / 1000) + 86_400;
    await contributor.grantConsent({ datasetId, purposes, validUntil, termsHash: TERMS_HASH });
    const given = await contributor.contribute({
      datasetId,
      items: [{ bytes, mediaType: 'application/octet-stream' }],
    });
    contributionIds = given.contributionIds;
    await contributor.waitForContribution({ datasetId, contributionId: contributionIds[0] as string });
    kek = (await storedRecord('kek')) as SealedKek;
    labelKey = await storedRecord('label');
  });
  afterAll(async () => {
    await gate?.close();
    chain?.destroy();
    await clients?.close();
    await stack?.stop();
  });
  afterEach(async () => {
    for (const proxy of stack.rpcProxies) proxy.setFault({ kind: 'none' });
    await afterHeads();
  });

  test('the operator, with every stored record and no license, opens nothing', async () => {
    for (const role of ['deployer', 'relayer', 'curator'] as const) {
      expect(await open(role, kek)).toMatchObject(refused('NOT_AUTHORIZED'));
      expect(await open(role, labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));
    }
  });

  test('an operator and a labeler whom no funded job lists open nothing', async () => {
    expect(await open('labeler1', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));
    const draft = await draftJob();
    const approval = await clients.of('curator').approveJob({ jobId: draft.job.id });
    expect(await open('labeler1', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));
    await clients.of('requester').fundJob({ draft, approval });
    await afterHeads();
    expect(await open('labeler1', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));
    expect(await open('curator', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));

    const labeler = clients.of('labeler1');
    const tasks = await labeler.takeQuiz({ jobId: draft.job.id });
    await labeler.submitQuiz({
      jobId: draft.job.id,
      answers: tasks.map(({ bytes }) => (bytes[0]! % 2 === 0 ? 'even' : 'odd')),
    });
    const opened = await untilOpen(() => open('labeler1', labelKey));
    expect(opened).toMatchObject({ ok: true });
    expect(await open('labeler2', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));

    await clients.of('requester').closeJob({ jobId: draft.job.id });
    await afterHeads();
    expect(await open('labeler1', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));
  });

  test('a curator who makes its own job and qualifies itself opens nothing without an open job with money in it', async () => {
    const curator = new Wallet(stack.accounts.curator.privateKey, chain);
    const { LabelEscrow, TestUSD } = stack.deployment.addresses;
    const escrow = new Contract(LabelEscrow, abis.LabelEscrow, curator);
    const token = new Contract(TestUSD, abis.TestUSD, curator);
    const send = async (contract: Contract, method: string, ...args: unknown[]): Promise<void> =>
      void (await (await contract.getFunction(method)(...args)).wait());
    const job = { datasetId, salt: fork(), dailyCap: 1n, quizBudget: 0n, signer: curator.address, ruleHash: fork() };
    const unfunded = escrow.getFunction('createJob').staticCall({ ...job, budget: 0n }, 0, '0x');
    await expect(unfunded).rejects.toMatchObject({ revert: { name: 'LabelEscrowBadBudget' } });
    await send(token, 'approve', LabelEscrow, 0n);
    const unpaid = escrow.getFunction('createJob').staticCall({ ...job, budget: 1_000_000n }, 0, '0x');
    await expect(unpaid).rejects.toMatchObject({ code: 'CALL_EXCEPTION' });

    await send(token, 'mint', curator.address, 1_000_000n);
    await send(token, 'approve', LabelEscrow, 1_000_000n);
    await send(escrow, 'createJob', { ...job, budget: 1_000_000n }, 0, '0x');
    const jobId = await escrow.getFunction('jobIdOf')(datasetId, curator.address, job.salt);
    await send(escrow, 'qualify', jobId, [curator.address]);
    // Said plainly in the README: while a funded job is open, its signer and one qualified account can read together.
    expect(await untilOpen(() => open('curator', labelKey))).toMatchObject({ ok: true });
    expect(await open('curator', kek)).toMatchObject(refused('NOT_AUTHORIZED'));
    await send(escrow, 'closeJob', jobId);
    await afterHeads();
    expect(await open('curator', labelKey)).toMatchObject(refused('NOT_AUTHORIZED'));
    await expect(escrow.getFunction('qualify').staticCall(jobId, [curator.address])).rejects.toMatchObject({
      revert: { name: 'LabelEscrowJobClosed' },
    });
  });

  describe('with a license', () => {
    let version: number;
    const offer = async (duration: number): Promise<number> => {
      const { offerIndex } = await clients.of('curator').createOffer({
        datasetId,
        price: 3_000_000n,
        duration,
        purposes: purposesOf('TRAIN'),
        termsHash: TERMS_HASH,
      });
      return offerIndex;
    };

    beforeAll(async () => {
      const curator = clients.of('curator');
      await curator.closeIntake({ datasetId });
      const draft = await curator.prepareVersion({ datasetId });
      ({ version } = await curator.publishVersion({ datasetId, draft }));
      const company = clients.of('company');
      await company.waitForVersion({ datasetId, version });
      await company.purchaseLicense({ datasetId, offerIndex: await offer(30 * 86_400), version });
    });

    test('the record opens, and with any argument of its condition altered it does not', async () => {
      const opened = await untilOpen(() => open('company', kek));
      expect(opened).toMatchObject({ ok: true });
      const key = (opened as { key: Uint8Array }).key;
      const alterations: Partial<SealedKek>[] = [
        { datasetId: `0x${'ab'.repeat(32)}` },
        { version: 2 },
        { contributorRef: stack.accounts.company.address },
        { consentNonce: 1 },
        { purposes: kek.purposes ^ 64 },
        { validUntil: kek.validUntil + 1 },
        { sources: kek.sources + 1 },
        { accessPolicy: stack.deployment.addresses.LicenseVault },
        { chain: 'base' },
      ];
      for (const change of alterations) {
        const result = await open('company', { ...kek, ...change }).catch((error: unknown) => error);
        expect(['NOT_AUTHORIZED', 'BAD_SEALED_KEY']).toContain((result as { code?: string }).code);
        expect(equalBytes((result as { key?: Uint8Array }).key ?? new Uint8Array(), key)).toBe(false);
      }
    });

    test('an RPC that lies for a stranger does not open: the keepers say that their RPCs disagree', async () => {
      const [first] = stack.rpcProxies;
      first?.setFault({
        kind: 'lie',
        method: 'eth_call',
        answer: (_, truth) => String(truth).replace(/(00){32}$/, YES.slice(2)),
      });
      const result = await open('stranger', kek);
      expect(result).toMatchObject(refused('UNAVAILABLE'));
      expect((result as { detail: string }).detail).toContain('RPC_DISAGREEMENT');
    });

    test.each<[string, string, Parameters<Stack['rpcProxies'][0]['setFault']>[0]]>([
      ['is down', 'RPC_FAULT', { kind: 'down' }],
      ['answers with errors', 'RPC_FAULT', { kind: 'error' }],
      [
        'stands on another fork',
        'RPC_DISAGREEMENT',
        { kind: 'lie', method: 'eth_getBlockByNumber', answer: (_, truth) => ({ ...(truth as object), hash: fork() }) },
      ],
      [
        'is stale',
        'RPC_STALE',
        {
          kind: 'lie',
          method: 'eth_getBlockByNumber',
          answer: ([tag], truth) => (tag === 'latest' ? { ...(truth as object), number: '0x1' } : truth),
        },
      ],
    ])('while one of two RPCs %s nothing opens, and afterwards it does', async (_, code, fault) => {
      const session = await gate.startSession(new Wallet(stack.accounts.company.privateKey));
      stack.rpcProxies[1]?.setFault(fault);
      await afterHeads();
      const result = (await gate.open([kek], session))[0];
      expect(result).toMatchObject({ ...refused('UNAVAILABLE'), detail: expect.stringContaining(code) });
      stack.rpcProxies[1]?.setFault({ kind: 'none' });
      await afterHeads();
      expect((await gate.open([kek], session))[0]).toMatchObject({ ok: true });
    });

    test('a license that ends after the first share came opens nothing: one share is not a key', async () => {
      const seconds = 12;
      const offerIndex = await offer(seconds);
      const { expiry } = await clients.of('stranger').purchaseLicense({ datasetId, offerIndex, version });
      let asked = 0;
      const ended = untilChainTime(chain, expiry);
      const late = gateWith({
        timeoutMs: 60_000,
        hedgeMs: 60_000,
        fetchFrom: () => async (input, init) => {
          if (String(input).endsWith('/allod/v1/keys') && ++asked > 1) {
            await ended;
            await afterHeads();
          }
          return fetch(input, init);
        },
      });
      try {
        expect(await open('stranger', kek, late)).toMatchObject({ ok: false });
        expect(asked).toBeGreaterThan(1);
        expect(await open('stranger', kek)).toMatchObject(refused('NOT_AUTHORIZED'));
      } finally {
        await late.close();
      }
    });

    test('a reorganization that removes a license closes it', async () => {
      const offerIndex = await offer(30 * 86_400);
      await sleep(1_500);
      const snapshot = (await chain.send('evm_snapshot', [])) as string;
      await clients.of('stranger').purchaseLicense({ datasetId, offerIndex, version });
      expect(await untilOpen(() => open('stranger', kek))).toMatchObject({ ok: true });
      await chain.send('evm_revert', [snapshot]);
      await chain.send('anvil_mine', ['0x4']);
      await afterHeads();
      expect(await open('stranger', kek)).toMatchObject(refused('NOT_AUTHORIZED'));
    });
  });
});

const fork = (): string => `0x${randomBytes(32).toString('hex')}`;

/** Asks until the confirmed block shows the entitlement; gives up after 20 s with the last answer. */
async function untilOpen(ask: () => Promise<KeyResult>): Promise<KeyResult> {
  let result = await ask();
  for (const end = Date.now() + 20_000; !result.ok && Date.now() < end; result = await ask()) await sleep(300);
  return result;
}

async function untilChainTime(chain: JsonRpcProvider, unixSeconds: number): Promise<void> {
  while (((await chain.getBlock('latest'))?.timestamp ?? 0) < unixSeconds) await sleep(500);
}
