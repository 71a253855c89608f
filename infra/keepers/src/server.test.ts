import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canDecryptCondition, conditionOf, ibeOpen, sealCiphertext, sealRecord } from '@allod/protocol';
import type { KeyShare, SealedKek } from '@allod/protocol';
import { HDNodeWallet } from 'ethers';
import type { FastifyInstance } from 'fastify';
import { openSealedShares, signForKeeper } from '../../../mobile-sdk/src/keys/session-sync.ts';
import { createKeySession } from '../../../mobile-sdk/src/keys/session.ts';
import type { KeySession } from '../../../mobile-sdk/src/keys/session.ts';
import { parseConfig } from './config.ts';
import { deal } from './dealer.ts';
import { verifyReleaseLog } from './release-log.ts';
import { createKeeperServer } from './server.ts';
import { makeCertificate } from './testing/certificate.ts';
import { blockHashOf, newFakeChain, startFakeRpc } from './testing/fake-rpc.ts';
import type { FakeChain } from './testing/fake-rpc.ts';

const NODE = 'http://127.0.0.1:7470';
const accessPolicy = '0x5FbDB2315678afecb367f032d93F642f64180aa3';
const dealt = deal({ n: 3, t: 2 });
const alice = HDNodeWallet.createRandom();
const challenge = 'c0'.repeat(32);

/** One keeper in this process, before two fake RPCs whose every answer the test decides. */
describe('a keeper', () => {
  let chains: [FakeChain, FakeChain];
  let rpcs: Awaited<ReturnType<typeof startFakeRpc>>[];
  let folder: string;
  let app: FastifyInstance;
  let session: KeySession;

  beforeAll(async () => {
    chains = [newFakeChain(), newFakeChain()];
    rpcs = await Promise.all(chains.map(startFakeRpc));
    session = await createKeySession(alice, { nonce: blockHashOf(chains[0], 18), chainId: 31337 });
  });
  afterAll(() => {
    for (const { server } of rpcs) {
      server.closeAllConnections();
      server.close();
    }
  });

  const start = async (changes: object = {}): Promise<FastifyInstance> =>
    createKeeperServer(
      parseConfig({
        port: 7470,
        index: 1,
        shareFile: 'unused',
        passphraseFile: 'unused',
        rpcUrls: { baseSepolia: rpcs.map(({ url }) => url) },
        chainId: 31337,
        accessPolicy,
        confirmations: 2,
        networkKey: dealt.networkKey,
        dataDir: folder,
        nodeAddresses: [NODE],
        headTtlMs: 0,
        rpcTimeoutMs: 20_000,
        logLevel: 'silent',
        ...changes,
      }),
      dealt.shares[0]!,
    );

  beforeEach(async () => {
    for (const chain of chains) Object.assign(chain, newFakeChain());
    folder = mkdtempSync(join(tmpdir(), 'allod-keeper-'));
    app = await start();
  });
  afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  const key = new Uint8Array(32).fill(5);
  const sealed = (version = 1, changes: Partial<SealedKek> = {}): SealedKek =>
    sealRecord<SealedKek>(
      {
        v: 1,
        kind: 'kek',
        version,
        chain: 'baseSepolia',
        chainId: 31337,
        accessPolicy,
        datasetId: `0x${'11'.repeat(32)}`,
        contributorRef: `0x${'22'.repeat(20)}`,
        consentHash: `0x${'33'.repeat(32)}`,
        consentNonce: 0,
        purposes: 1,
        validUntil: 2_000_000_000,
        sources: 1,
        ...changes,
      },
      key,
      [dealt.networkKey],
    );
  const record = sealed();
  const identity = (of: SealedKek) => ({ ...of, seals: undefined, dataHash: of.seals[0]!.dataHash });
  const batch = (identities: unknown[], changes: object = {}) =>
    app.inject({
      method: 'POST',
      url: '/allod/v1/keys',
      payload: { authSig: signForKeeper(session, NODE), challenge, identities, ...changes },
    });
  const lit = (changes: object = {}) =>
    app.inject({
      method: 'POST',
      url: '/web/encryption/sign/',
      payload: {
        evmContractConditions: [conditionOf(record)],
        dataToEncryptHash: record.seals[0]!.dataHash,
        chain: 'baseSepolia',
        authSig: signForKeeper(session, NODE),
        epoch: 1,
        ...changes,
      },
    });
  const shareOf = (reply: { json(): { sealed?: { ephemeral: string; data: string } } }): KeyShare[] =>
    openSealedShares(reply.json().sealed!, session.secretKey, Buffer.from(challenge, 'hex'));

  it('shakes hands in the shape that the Lit SDK reads', async () => {
    const reply = await app.inject({
      method: 'POST',
      url: '/web/handshake/',
      payload: { clientPublicKey: 'test', challenge: 'ab', epoch: 1 },
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({
      subnetPublicKey: dealt.networkKey.slice(2),
      networkPublicKey: dealt.networkKey.slice(2),
      latestBlockhash: blockHashOf(chains[0], 18),
      attestation: null,
      hdRootPubkeys: [],
    });
  });

  it('lets browsers ask from any origin, with the headers of the Lit SDK', async () => {
    const reply = await app.inject({
      method: 'OPTIONS',
      url: '/web/encryption/sign/',
      headers: {
        origin: 'http://localhost:4173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-lit-sdk-version,x-lit-sdk-type,x-request-id',
      },
    });
    expect(reply.statusCode).toBe(204);
    expect(reply.headers['access-control-allow-origin']).toBe('http://localhost:4173');
    expect(reply.headers['access-control-allow-headers']).toContain('x-lit-sdk-version');
  });

  it('gives the same share through both doors; with a second one it opens the key', async () => {
    const [viaLit, viaBatch] = [await lit(), await batch([identity(record)])];
    expect(viaLit.statusCode).toBe(200);
    const hex = (viaLit.json() as { signatureShare: { ProofOfPossession: string } }).signatureShare.ProofOfPossession;
    const [share] = shareOf(viaBatch);
    expect(hex).toBe(Buffer.concat([Buffer.of(share!.index), share!.signature]).toString('hex'));
    expect(viaBatch.json()).toMatchObject({ shareIndex: 1, answers: ['RELEASED'] });
    expect(ibeOpen(sealCiphertext(record.seals[0]!), [share!])).toBeUndefined();
  });

  it('answers 500 identities in one eth_call per block and RPC, each for itself', async () => {
    for (const chain of chains) chain.allows = (_user, { version }) => version! % 2n === 1n;
    const identities = Array.from({ length: 500 }, (_, i) => ({ ...identity(record), version: i + 1 }));
    for (const { calls } of rpcs) calls.length = 0;
    const reply = await batch(identities);
    const { answers } = reply.json() as { answers: string[] };
    expect(answers).toEqual(identities.map((_, i) => (i % 2 === 0 ? 'RELEASED' : 'NOT_AUTHORIZED')));
    expect(shareOf(reply)).toHaveLength(250);
    for (const { calls } of rpcs) expect(calls.filter((method) => method === 'eth_call')).toHaveLength(2);
    expect((await batch([...identities, identity(record)])).json()).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('asks each RPC as much as its README says', async () => {
    await app.close();
    app = await start({ headTtlMs: 60_000 });
    await app.inject('/health');
    const asked = async (work: () => PromiseLike<unknown>): Promise<[requests: number, calls: number]> => {
      for (const rpc of rpcs) rpc.batches.length = 0;
      await work();
      const [first, second] = rpcs.map(({ batches }) => batches);
      expect(first).toEqual(second);
      return [first!.length, first!.reduce((sum, size) => sum + size, 0)];
    };
    const fresh = await createKeySession(HDNodeWallet.createRandom(), {
      nonce: blockHashOf(chains[0], 18),
      chainId: 31337,
    });
    const one = (of: KeySession) => () => batch([identity(record)], { authSig: signForKeeper(of, NODE) });
    expect(await asked(one(fresh))).toEqual([3, 4]);
    expect(await asked(one(fresh))).toEqual([1, 2]);
    expect(await asked(() => lit({ authSig: signForKeeper(fresh, NODE) }))).toEqual([1, 2]);
    expect(
      await asked(() => batch(Array(500).fill(identity(record)), { authSig: signForKeeper(fresh, NODE) })),
    ).toEqual([1, 2]);
    await app.close();
    app = await start({ headTtlMs: 0 });
    await one(fresh)();
    expect(await asked(one(fresh))).toEqual([3, 4]);
  });

  it('asks in batches no larger than its RPCs take', async () => {
    await app.close();
    app = await start({ rpcMaxBatch: 10 });
    const { version: _, ...terms } = identity(record);
    const packs = Array.from({ length: 12 }, (_v, i) => ({
      ...terms,
      kind: 'label',
      packId: `0x${String(10 + i).repeat(32)}`,
    }));
    for (const chain of chains) chain.allows = (_user, { packId }) => packId!.endsWith('1');
    await app.inject('/health');
    for (const rpc of rpcs) rpc.batches.length = 0;
    const { answers } = (await batch(packs)).json() as { answers: string[] };
    expect(answers.filter((answer) => answer === 'RELEASED')).toHaveLength(2);
    expect(answers.indexOf('RELEASED')).toBe(1);
    for (const { batches } of rpcs) {
      expect(Math.max(...batches)).toBe(10);
      expect(batches.filter((size) => size > 1)).toEqual([10, 10, 4]);
    }
  });

  it('asks for key and label conditions of several datasets in one request', async () => {
    for (const chain of chains)
      chain.allows = (_user, { packId, datasetId }) => packId !== undefined || datasetId.startsWith('0x44');
    const { version: _, ...terms } = identity(record);
    const packs = { ...terms, kind: 'label', packId: `0x${'55'.repeat(32)}` };
    const reply = await batch([identity(record), packs, { ...identity(record), datasetId: `0x${'44'.repeat(32)}` }]);
    expect(reply.json()).toMatchObject({ answers: ['NOT_AUTHORIZED', 'RELEASED', 'RELEASED'] });
  });

  it('refuses another access policy, through both doors', async () => {
    const other = `0x${'66'.repeat(20)}`;
    const reply = await batch([identity(record), { ...identity(record), accessPolicy: other }]);
    expect(reply.json()).toMatchObject({ answers: ['RELEASED', 'CONDITION_REFUSED'] });
    const condition = canDecryptCondition({ ...record, accessPolicy: other });
    expect((await lit({ evmContractConditions: [condition] })).json()).toMatchObject({
      code: 'CONDITION_REFUSED',
      status: 403,
    });
    expect((await lit({ chain: 'base' })).json()).toMatchObject({ code: 'CONDITION_REFUSED' });
  });

  it('speaks Lit’s error codes to the Lit SDK', async () => {
    for (const chain of chains) chain.allows = () => false;
    const reply = await lit();
    expect(reply.statusCode).toBe(401);
    expect(reply.json()).toMatchObject({
      errorKind: 'Validation',
      errorCode: 'NodeAccessControlConditionsReturnedNotAuthorized',
      status: 401,
      code: 'NOT_AUTHORIZED',
      details: expect.any(Array),
      correlationId: expect.any(String),
    });
  });

  describe('believes no RPC alone:', () => {
    const [first, second] = [() => chains[0], () => chains[1]];
    it.each<[string, string, () => void]>([
      ['one says no', 'RPC_DISAGREEMENT', () => (second().allows = () => false)],
      [
        'both say no at the latest block',
        'NOT_AUTHORIZED',
        () => chains.forEach((c) => (c.allows = (_u, _a, block) => block < 20)),
      ],
      ['one has seen the withdrawal', 'RPC_DISAGREEMENT', () => (first().allows = (_u, _a, block) => block < 20)],
      [
        'bought, not confirmed',
        'NOT_CONFIRMED',
        () => chains.forEach((c) => (c.allows = (_u, _a, block) => block >= 20)),
      ],
      ['a call fails on one', 'RPC_FAULT', () => (second().fault = 'call-error')],
    ])('%s', async (_, code, bend) => {
      bend();
      const reply = await batch([identity(record)]);
      expect(reply.json()).toEqual({ shareIndex: 1, answers: [code] });
      expect((await lit()).json()).toMatchObject({ code });
    });

    it.each<[string, string, () => void]>([
      ['one is down', 'RPC_FAULT', () => (second().fault = 'down')],
      ['one never answers', 'RPC_FAULT', () => (first().fault = 'silent')],
      ['one answers with a page', 'RPC_FAULT', () => (first().fault = 'garbage')],
      ['one lags behind', 'RPC_STALE', () => (second().head = 14)],
      ['they are on different forks', 'RPC_DISAGREEMENT', () => Object.assign(second(), { fork: 'b', forkAt: 15 })],
    ])('%s', async (name, code, bend) => {
      await app.close();
      app = await start(name === 'one never answers' ? { rpcTimeoutMs: 400 } : {});
      await app.inject('/health');
      bend();
      expect((await batch([identity(record)])).json()).toMatchObject({ code });
      expect((await lit()).json()).toMatchObject({ code, errorKind: 'Unexpected' });
    });

    it('a fork above the confirmed block does not matter', async () => {
      Object.assign(second(), { fork: 'b', forkAt: 20 });
      expect((await batch([identity(record)])).json()).toMatchObject({ answers: ['RELEASED'] });
    });

    it('a head that stands still, when the configuration says how old it may be', async () => {
      await app.close();
      app = await start({ maxHeadAgeSeconds: 60 });
      expect((await batch([identity(record)])).json()).toMatchObject({ answers: ['RELEASED'] });
      chains[1].headTime -= 100;
      expect((await batch([identity(record)])).json()).toMatchObject({ code: 'RPC_STALE' });
    });
  });

  it.each<[string, (chain: FakeChain) => void, string]>([
    ['the policy is deployed', (c) => (c.deployed = false), 'not deployed'],
    ['there is a confirmed block', (c) => (c.head = 1), 'no confirmed block'],
    ['the RPC serves the right chain', (c) => (c.chainId = 1), 'another chain'],
  ])('is not ready until %s', async (_, bend, detail) => {
    bend(chains[1]);
    if (chains[1].head === 1) bend(chains[0]);
    const health = await app.inject('/health');
    expect(health.statusCode).toBe(503);
    expect(health.json()).toMatchObject({ status: 'NOT_READY', detail: expect.stringContaining(detail) });
    expect((await batch([identity(record)])).json()).toMatchObject({ code: 'NOT_READY' });
    expect((await app.inject({ method: 'POST', url: '/web/handshake/', payload: {} })).statusCode).toBe(503);
    for (const chain of chains) Object.assign(chain, newFakeChain());
    expect((await app.inject('/health')).json()).toMatchObject({ status: 'READY', threshold: 2, keyOrigin: 'dealer' });
  });

  it('asks the chain nothing for a session whose signatures are wrong, and only so often for new sessions', async () => {
    const ofBlock = (i: number) =>
      createKeySession(HDNodeWallet.createRandom(), { nonce: blockHashOf(chains[0], i), chainId: 31337 });
    const ask = async (of: KeySession, changes: object = {}) =>
      (await batch([identity(record)], { authSig: { ...signForKeeper(of, NODE), ...changes } })).json() as object;
    await app.close();
    app = await start({ rateLimit: { newSessions: { burst: 2, perSecond: 0.001 } } });
    expect(await ask(session)).toMatchObject({ answers: ['RELEASED'] });
    for (const { calls } of rpcs) calls.length = 0;
    expect(await ask(session, { sig: 'ab'.repeat(64) })).toMatchObject({ code: 'SESSION_INVALID' });
    for (const { calls } of rpcs) expect(calls).toEqual([]);
    expect(await ask(await ofBlock(17))).toMatchObject({ answers: ['RELEASED'] });
    expect(await ask(await ofBlock(16))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await ask(session)).toMatchObject({ answers: ['RELEASED'] });
  });

  it('takes a nonce only from a block that every RPC knows and that is recent', async () => {
    const nonces = {
      unknown: `0x${'77'.repeat(32)}`,
      old: blockHashOf(chains[0], 3),
      recent: blockHashOf(chains[0], 12),
      forked: blockHashOf({ ...chains[0], fork: 'b', forkAt: 19 }, 19),
    };
    const ask = async (nonce: string) => {
      const other = await createKeySession(alice, { nonce, chainId: 31337 });
      return (await batch([identity(record)], { authSig: signForKeeper(other, NODE) })).json();
    };
    expect(await ask(nonces.recent)).toMatchObject({ answers: ['RELEASED'] });
    expect(await ask(nonces.unknown)).toMatchObject({ code: 'SESSION_EXPIRED' });
    expect(await ask(nonces.forked)).toMatchObject({ code: 'SESSION_EXPIRED' });
    chains.forEach((chain) => (chain.headTime -= 1000));
    expect(await ask(nonces.old)).toMatchObject({ code: 'SESSION_EXPIRED' });
    expect(await ask(blockHashOf(chains[0], 18))).toMatchObject({ answers: ['RELEASED'] });
  });

  it('refuses a body that is malformed, and one that is too large', async () => {
    for (const payload of [{}, { identities: [] }, { challenge, identities: Array(501).fill({}) }]) {
      const reply = await app.inject({ method: 'POST', url: '/allod/v1/keys', payload });
      expect([reply.statusCode, (reply.json() as { code: string }).code]).toEqual([400, 'INVALID_REQUEST']);
    }
    expect((await batch([identity(record)], { challenge: 'short' })).statusCode).toBe(400);
    for (const malformed of [{}, 7, null, { ...identity(record), version: 0 }]) {
      expect((await batch([malformed])).statusCode).toBe(400);
    }
    const huge = await app.inject({ method: 'POST', url: '/allod/v1/keys', payload: { blob: 'x'.repeat(2_000_000) } });
    expect(huge.statusCode).toBe(413);
    const broken = await app.inject({
      method: 'POST',
      url: '/allod/v1/keys',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(broken.statusCode).toBe(400);
  });

  it('limits what one address and one account may ask', async () => {
    await app.close();
    app = await start({
      rateLimit: { perIp: { burst: 3, perSecond: 0.001 }, perAccount: { burst: 5, perSecond: 0.001 } },
    });
    expect((await batch(Array(4).fill(identity(record)))).statusCode).toBe(200);
    expect((await batch(Array(2).fill(identity(record)))).json()).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect((await batch([identity(record)])).statusCode).toBe(200);
    expect((await lit()).json()).toMatchObject({ code: 'RATE_LIMITED', errorCode: 'NodeRateLimitExceeded' });
  });

  it('caps the label keys of one account per day, and only those', async () => {
    await app.close();
    app = await start({ labelKeysPerDay: 2 });
    const { version: _, ...terms } = identity(record);
    const packs = [1, 2, 3].map((i) => ({ ...terms, kind: 'label', packId: `0x${`0${i}`.repeat(32)}` }));
    expect((await batch([...packs, identity(record)])).json()).toMatchObject({
      answers: ['RELEASED', 'RELEASED', 'RATE_LIMITED', 'RELEASED'],
    });
    await app.close();
    app = await start({ labelKeysPerDay: 3 });
    expect((await batch([...packs])).json()).toMatchObject({
      answers: ['RELEASED', 'RATE_LIMITED', 'RATE_LIMITED'],
    });
  });

  it('gives no share that it cannot log', async () => {
    await app.close();
    app = await start({ releaseLogMaxBytes: 900 });
    expect((await batch([identity(record)])).statusCode).toBe(200);
    expect((await batch([identity(record)])).json()).toMatchObject({ code: 'INTERNAL' });
    expect((await lit()).json()).not.toHaveProperty('signatureShare');
  });

  it('caps all keys of one account per day', async () => {
    await app.close();
    app = await start({ keysPerDay: 2 });
    const answers = ['RELEASED', 'RELEASED', 'RATE_LIMITED'];
    expect((await batch(Array(3).fill(identity(record)))).json()).toMatchObject({ answers });
  });

  describe('under its own address', () => {
    const listen = async (changes: object = {}): Promise<number> => {
      await app.close();
      app = await start({ port: 0, ...changes });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return (app.server.address() as AddressInfo).port;
    };

    it('answers while clients hold requests half-sent, and lets go of those', async () => {
      const port = await listen({ requestTimeoutMs: 500 });
      const halfSent = async (text: string): Promise<Socket> => {
        const socket = connect(port, '127.0.0.1').on('error', () => {});
        await once(socket, 'connect');
        socket.write(text);
        socket.resume();
        return socket;
      };
      const head = 'POST /allod/v1/keys HTTP/1.1\r\nHost: keeper\r\nContent-Type: application/json\r\n';
      const slow = await Promise.all(
        Array.from({ length: 40 }, (_, i) => halfSent(i % 2 ? head : `${head}Content-Length: 100\r\n\r\n{`)),
      );
      const ended = Promise.all(slow.map((socket) => once(socket, 'close')));
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
      expect(await ended).toHaveLength(40);
    });

    it('gives one address only so many connections', async () => {
      const port = await listen({ maxConnectionsPerAddress: 3 });
      const open = async (): Promise<Socket> => {
        const socket = connect(port, '127.0.0.1').on('error', () => {});
        await once(socket, 'connect');
        return socket;
      };
      const held = [await open(), await open(), await open()];
      await once((await open()).resume(), 'close');
      held[0]!.destroy();
      await once(held[0]!, 'close');
      expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
      for (const socket of held) socket.destroy();
    });

    it('serves TLS, and nothing in the clear', async () => {
      const certFile = join(folder, 'cert.pem');
      const keyFile = join(folder, 'key.pem');
      const certificate = makeCertificate();
      writeFileSync(certFile, certificate.cert);
      writeFileSync(keyFile, certificate.key, { mode: 0o600 });
      const port = await listen({ tls: { certFile, keyFile } });
      const answer = await new Promise<IncomingMessage>((resolve, reject) =>
        get(
          { port, host: '127.0.0.1', path: '/health', ca: certificate.cert, checkServerIdentity: () => undefined },
          resolve,
        ).on('error', reject),
      );
      expect(Buffer.concat((await answer.toArray()) as Buffer[]).toString()).toContain('"status":"READY"');
      await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    });
  });

  it('logs every release in a chain whose head it shows, and never a share; refusals it counts', async () => {
    await batch([identity(record)]);
    for (const chain of chains) chain.allows = () => false;
    await lit();
    const releases = join(folder, 'releases');
    const [file] = readdirSync(releases);
    const lines = readFileSync(join(releases, file!), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      {
        via: 'batch',
        account: alice.address,
        released: [{ kind: 'kek', contributorRef: record.contributorRef }],
      },
    ]);
    expect(lines).toHaveLength(1);
    expect((await app.inject('/health')).json()).toMatchObject({ releaseLog: verifyReleaseLog(releases) });
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toMatch(/allod_keeper_rpc_requests_total{rpc="127.0.0.1:\d+",outcome="ok",keeper="1"} [1-9]/);
    expect(metrics).toContain('allod_keeper_head_block{keeper="1"} 20');
    expect(metrics).toContain('allod_keeper_single_operator{keeper="1"} 0');
    expect(metrics).toContain('allod_keeper_answers_total{via="batch",answer="RELEASED",keeper="1"} 1');
    expect(metrics).toContain('allod_keeper_answers_total{via="lit",answer="NOT_AUTHORIZED",keeper="1"} 2');
    expect(metrics).toContain('allod_keeper_release_log_entries{keeper="1"} 1');
    expect(metrics).toContain(`allod_keeper_release_log_bytes{keeper="1"} ${statSync(join(releases, file!)).size}`);
  });
});
