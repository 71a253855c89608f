import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { get } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contract } from 'ethers';
import { createKeySession } from '../../../mobile-sdk/src/keys/session.ts';
import { signForKeeper } from '../../../mobile-sdk/src/keys/session-sync.ts';
import { createLightKeyGate } from '../../../mobile-sdk/src/keys/light.ts';
import { pinnedFetch, tlsKeyHashOf } from '../../../mobile-sdk/src/platform/node/pinnedFetch.ts';
import { CONFIRMATIONS, kill, startKeyNetwork } from '../../../mobile-sdk/src/keys/testing/key-network.ts';
import type { TestKeyNetwork } from '../../../mobile-sdk/src/keys/testing/key-network.ts';
import { datasetId, sealedKek } from '../../../mobile-sdk/src/keys/testing/records.ts';
import { openShareFile, sealShareFile } from '../src/share-file.ts';
import { makeCertificate } from '../src/testing/certificate.ts';
import type { TestCertificate } from '../src/testing/certificate.ts';
import { runKeeper } from '../src/testing/keeper-process.ts';
import type { KeeperRun } from '../src/testing/keeper-process.ts';

/** Asks without looking at the certificate. */
async function readUnchecked(url: string): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { rejectUnauthorized: false }, resolve).on('error', reject),
  );
  return Buffer.concat((await answer.toArray()) as Buffer[]).toString();
}

async function end(run: KeeperRun | undefined): Promise<void> {
  run?.child.kill('SIGKILL');
  await run?.ended;
}

/** Real keeper processes, a real chain and a real registry: what the registry says is what counts. */
describe('keepers and their registry', () => {
  const certificates: TestCertificate[] = ['one', 'two', 'three'].map(makeCertificate);
  let network: TestKeyNetwork;
  let entries: Record<string, unknown>[];

  beforeAll(async () => {
    network = await startKeyNetwork();
    await Promise.all(network.keepers.map(({ child }) => kill(child)));
    entries = ((await network.registry['getKeepers']!()) as { toObject(): Record<string, unknown> }[]).map((keeper) =>
      keeper.toObject(),
    );
    await network.license(network.wallet(1).address, datasetId, 1);
    await network.mine(CONFIRMATIONS + 1);
  });
  afterAll(() => network.stop());

  /** Runs keeper i with a changed configuration, in a file of its own. */
  const run = (i: number, changes: object, env: Record<string, string> = {}): KeeperRun => {
    const { configFile } = network.keepers[i]!;
    const original = JSON.parse(readFileSync(configFile, 'utf8')) as object;
    const file = join(dirname(configFile), `changed-${i + 1}.json`);
    writeFileSync(file, JSON.stringify({ ...original, logLevel: 'info', ...changes }));
    return runKeeper(file, env);
  };
  const register = async (change: (entry: Record<string, unknown>, i: number) => object): Promise<void> => {
    const keepers = entries.map((entry, i) => ({ ...entry, ...change(entry, i) }));
    const shareSet = (await network.registry['shareSetOf']!(network.threshold, keepers)) as string;
    // New organizations count once every operator has approved them.
    for (const [i] of keepers.entries()) {
      const operator = network.wallet(100 + i).connect(network.provider);
      await network.provider.send('anvil_setBalance', [operator.address, '0xde0b6b3a7640000']);
      await (await (network.registry.connect(operator) as Contract)['approveResharing']!(shareSet)).wait();
    }
    await (await network.registry['setNetwork']!(network.networkKey, network.threshold, keepers)).wait();
    await network.mine(CONFIRMATIONS);
  };

  describe('with one slow', () => {
    const runs: KeeperRun[] = [];
    let slow: Server;
    /** What an RPC of the slow keeper waits for before each answer. */
    let hold: Promise<void> = Promise.resolve();

    beforeAll(async () => {
      slow = createServer((request, response) => {
        void request.toArray().then(async (chunks) => {
          await hold;
          const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
          const answer = await fetch(network.rpcUrl, { ...init, body: Buffer.concat(chunks as Buffer[]) });
          response.end(await answer.text());
        });
      }).listen(0, '127.0.0.1');
      await once(slow, 'listening');
      const { port } = slow.address() as AddressInfo;
      const rpcUrls = { baseSepolia: [network.rpcUrl, `http://127.0.0.1:${port}`] };
      runs.push(run(0, { rpcUrls, rpcTimeoutMs: 60_000, headTtlMs: 600_000 }), run(1, {}), run(2, {}));
      await Promise.all(runs.map(({ listening }) => listening));
      await fetch(`${network.keepers[0]!.url}/health`);
    });
    afterAll(async () => {
      await Promise.all(runs.map(end));
      slow.closeAllConnections();
      slow.close();
    });

    it('open without waiting for it', async () => {
      const gate = createLightKeyGate({ ...network, timeoutMs: 60_000, hedgeMs: 300 });
      const session = await gate.startSession(network.wallet(1));
      const fixtures = [11, 12, 13].map((i) => sealedKek(network, network.wallet(i).address));
      let release = (): void => {};
      hold = new Promise((resolve) => (release = resolve));
      const results = [];
      for (const { record } of fixtures) results.push((await gate.open([record], session))[0]);
      expect(results).toEqual(fixtures.map(({ key }) => ({ ok: true, key })));
      release();
      await gate.close();
    });
  });

  describe('asked by a contract wallet (ERC-1271)', () => {
    /** Contracts that answer every call: with the magic value, with it only while 2,000,000 gas are left, never. */
    const returnMagic = '631626ba7e60e01b60005260206000f3';
    const wallets = {
      agreeing: { address: `0x${'a1'.repeat(20)}`, code: `0x${returnMagic}` },
      expensive: { address: `0x${'a2'.repeat(20)}`, code: `0x5a621e848010600f5760006000f3005b${returnMagic}` },
      burning: { address: `0x${'a3'.repeat(20)}`, code: '0x5b600056' },
      denying: { address: `0x${'a4'.repeat(20)}`, code: '0x60206000f3' },
    };
    let keeper: KeeperRun;

    beforeAll(async () => {
      for (const { address, code } of Object.values(wallets)) {
        await network.provider.send('anvil_setCode', [address, code]);
        await network.license(address, datasetId, 1);
      }
      await network.mine(CONFIRMATIONS + 1);
      keeper = run(0, {});
      await keeper.listening;
    });
    afterAll(() => end(keeper));

    const ask = async (address: string): Promise<unknown> => {
      const { url } = network.keepers[0]!;
      const { blockhash: nonce } = (await (await fetch(`${url}/allod/v1/block`)).json()) as { blockhash: string };
      const signer = { getAddress: async () => address, signMessage: async () => '0x1234' };
      const session = await createKeySession(signer, { nonce, chainId: network.chainId });
      const { record } = sealedKek(network, network.wallet(20).address);
      const identities = [{ ...record, seals: undefined, dataHash: record.seals[0]!.dataHash }];
      const response = await fetch(`${url}/allod/v1/keys`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ authSig: signForKeeper(session, url), challenge: '00'.repeat(32), identities }),
      });
      return response.json();
    };

    it('give a share when the contract agrees', async () => {
      expect(await ask(wallets.agreeing.address)).toMatchObject({ answers: ['RELEASED'] });
    });

    it.each(['denying', 'burning', 'expensive'] as const)('give none to a contract that is %s', async (kind) => {
      expect(await ask(wallets[kind].address)).toMatchObject({ code: 'SESSION_INVALID' });
    });

    it('bound the gas: the chain itself would let the expensive contract agree', async () => {
      const answer = await network.provider.call({ to: wallets.expensive.address, gasLimit: 5_000_000n });
      expect(answer.slice(0, 10)).toBe('0x1626ba7e');
    });
  });

  describe('over TLS, with certificates that no authority knows', () => {
    const https = (i: number): string => network.keepers[i]!.url.replace('http:', 'https:');
    const hashOf = (i: number): string => tlsKeyHashOf(new X509Certificate(certificates[i]!.cert));
    /** Which certificate each running keeper shows. */
    const showing: (number | undefined)[] = [];
    const runs: KeeperRun[] = [];
    const show = async (wanted: readonly number[]): Promise<void> => {
      const changed = wanted.flatMap((certificate, i) => (showing[i] === certificate ? [] : [i]));
      await Promise.all(changed.map((i) => end(runs[i])));
      for (const i of changed) {
        const folder = dirname(network.keepers[i]!.configFile);
        const tls = { certFile: join(folder, `cert-${i}.pem`), keyFile: join(folder, `key-${i}.pem`) };
        writeFileSync(tls.certFile, certificates[wanted[i]!]!.cert);
        writeFileSync(tls.keyFile, certificates[wanted[i]!]!.key, { mode: 0o600 });
        runs[i] = run(i, { tls });
        showing[i] = wanted[i];
      }
      await Promise.all(changed.map((i) => runs[i]!.listening));
    };
    beforeAll(() => register((_, i) => ({ url: https(i), tlsKeyHash: hashOf(i) })));
    afterAll(() => Promise.all(runs.map(end)));

    const open = async () => {
      const gate = createLightKeyGate({ ...network, timeoutMs: 20_000, fetchFrom: pinnedFetch });
      const { record, key } = sealedKek(network, network.wallet(10).address);
      try {
        const session = await gate.startSession(network.wallet(1));
        return { result: (await gate.open([record], session))[0], key };
      } finally {
        await gate.close();
      }
    };
    it('open for a client that finds the TLS keys which the registry names', async () => {
      await show([0, 1, 2]);
      const { result, key } = await open();
      expect(result).toEqual({ ok: true, key });
    });

    it('open while one address is held by somebody with another key, who is told nothing', async () => {
      await show([0, 1, 0]);
      const { result, key } = await open();
      expect(result).toEqual({ ok: true, key });
      const metrics = await readUnchecked(`${https(2)}/metrics`);
      expect(metrics).toContain('allod_keeper_request_seconds');
      expect(metrics).not.toContain('allod_keeper_answers_total{via="batch"');
    });

    it('do not open when two addresses are: a session is sent to nobody but the named keys', async () => {
      await show([0, 0, 0]);
      const { result } = await open();
      expect(result).toMatchObject({ ok: false, code: 'UNAVAILABLE' });
    });
  });

  describe('in production', () => {
    const production = {
      production: true,
      domainAllow: ['localhost:*'],
      organization: 'north',
      maxHeadAgeSeconds: 3600,
    };
    const settings = () => ({
      ...production,
      keeperRegistry: network.keeperRegistry,
      nodeAddresses: [network.keepers[0]!.url],
    });
    const started: KeeperRun[] = [];
    const start = (...[changes, env]: [object, Record<string, string>?]): KeeperRun => {
      const keeper = run(0, changes, env);
      started.push(keeper);
      return keeper;
    };
    afterEach(() => Promise.all(started.splice(0).map(end)));
    const organizations = (names: string[]) => register((_, i) => ({ organization: names[i] }));

    it('are refused with a key that a dealer made, unless SINGLE_OPERATOR=1, which health then shows', async () => {
      await organizations(['north', 'south', 'east']);
      const refused = start(settings());
      expect(await refused.ended).not.toBe(0);
      expect(refused.output()).toContain('made by a dealer');
      const accepted = start(settings(), { SINGLE_OPERATOR: '1' });
      await accepted.listening;
      await network.mine(CONFIRMATIONS);
      await sleep(200);
      const health = await (await fetch(`${network.keepers[0]!.url}/health`)).json();
      expect(health).toMatchObject({
        status: 'READY',
        singleOperator: true,
        keyOrigin: 'dealer',
        organization: 'north',
      });
    });

    it('are refused while one organization runs as many as open a key, whoever made the key', async () => {
      await organizations(['north', 'south', 'south']);
      const folder = dirname(network.keepers[0]!.configFile);
      const passphrase = readFileSync(join(folder, 'passphrase'), 'utf8');
      const share = openShareFile(JSON.parse(readFileSync(join(folder, 'share-1.json'), 'utf8')), passphrase);
      writeFileSync(join(folder, 'dkg-1.json'), JSON.stringify(sealShareFile({ ...share, origin: 'dkg' }, passphrase)));
      const changes = { ...settings(), shareFile: 'dkg-1.json' };
      const refused = start(changes);
      expect(await refused.ended).not.toBe(0);
      expect(refused.output()).toContain('runs 2 of the keepers');
      await organizations(['north', 'south', 'east']);
      await start(changes).listening;
    });

    it('stop serving while the registry has switched them off or one organization opens keys, and go on after', async () => {
      await organizations(['north', 'south', 'east']);
      const folder = dirname(network.keepers[0]!.configFile);
      const passphrase = readFileSync(join(folder, 'passphrase'), 'utf8');
      const share = openShareFile(JSON.parse(readFileSync(join(folder, 'share-1.json'), 'utf8')), passphrase);
      writeFileSync(join(folder, 'dkg-1.json'), JSON.stringify(sealShareFile({ ...share, origin: 'dkg' }, passphrase)));
      await start({ ...settings(), shareFile: 'dkg-1.json', registryCheckSeconds: 1 }).listening;
      const url = network.keepers[0]!.url;
      const becomes = async (status: string): Promise<void> => {
        let last = '';
        for (let i = 0; i < 100 && last !== status; i++) {
          await sleep(100);
          last = ((await (await fetch(`${url}/health`)).json()) as { status: string }).status;
        }
        expect(last).toBe(status);
      };
      const handshake = async () => {
        const body = JSON.stringify({ clientPublicKey: 'test', challenge: '00'.repeat(32) });
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url}/web/handshake/`, { method: 'POST', headers, body });
        return { status: answer.status, ...((await answer.json()) as { code?: string }) };
      };
      const switchTo = async (active: boolean) =>
        (await network.registry['setActive']!(entries[0]!['nodeAddress'], active)).wait();
      await becomes('READY');
      await switchTo(false);
      await becomes('NOT_LISTED');
      expect(await handshake()).toMatchObject({ status: 503, code: 'NOT_LISTED' });
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('allod_keeper_listed{keeper="1"} 0');
      await switchTo(true);
      await becomes('READY');
      expect((await handshake()).status).toBe(200);
      await organizations(['north', 'south', 'south']);
      await becomes('SET_REFUSED');
      expect(await handshake()).toMatchObject({ code: 'SET_REFUSED' });
      await organizations(['north', 'south', 'east']);
      await becomes('READY');
    });

    it('are refused under an organization that the registry does not name for their share', async () => {
      await organizations(['south', 'north', 'east']);
      const refused = start(settings(), { SINGLE_OPERATOR: '1' });
      expect(await refused.ended).not.toBe(0);
      expect(refused.output()).toContain('under the organization "south"');
    });
  });
});
