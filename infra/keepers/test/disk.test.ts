import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HDNodeWallet } from 'ethers';
import { createKeySession } from '../../../mobile-sdk/src/keys/session.ts';
import type { KeySession } from '../../../mobile-sdk/src/keys/session.ts';
import { signForKeeper } from '../../../mobile-sdk/src/keys/session-sync.ts';
import { deal, writeDeal } from '../src/dealer.ts';
import { verifyReleaseLog } from '../src/release-log.ts';
import { scalarToBytes } from '../src/shamir.ts';
import { blockHashOf, newFakeChain, startFakeRpc } from '../src/testing/fake-rpc.ts';
import { runKeeper } from '../src/testing/keeper-process.ts';
import type { KeeperRun } from '../src/testing/keeper-process.ts';

const PASSPHRASE = 'correct horse battery staple';

/** The keeper program on a disk of its own, before two fake RPCs. */
describe('a keeper and its disk', () => {
  const dealt = deal({ n: 3, t: 2 });
  const chain = newFakeChain();
  const runs: KeeperRun[] = [];
  let rpcs: Awaited<ReturnType<typeof startFakeRpc>>[];
  let folder: string;
  let url: string;
  let config: Record<string, unknown>;

  beforeAll(async () => void (rpcs = await Promise.all([startFakeRpc(chain), startFakeRpc(chain)])));
  afterAll(() => {
    for (const { server } of rpcs) {
      server.closeAllConnections();
      server.close();
    }
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'allod-disk-'));
    writeDeal(folder, dealt, PASSPHRASE);
    writeFileSync(join(folder, 'passphrase'), PASSPHRASE, { mode: 0o600 });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    config = {
      ...{ port, index: 1, shareFile: 'share-1.json', passphraseFile: 'passphrase', dataDir: 'data' },
      rpcUrls: { baseSepolia: rpcs.map((rpc) => rpc.url) },
      ...{ chainId: chain.chainId, accessPolicy: `0x${'55'.repeat(20)}`, confirmations: 2 },
      networkKey: dealt.networkKey,
      labelKeysPerDay: 5,
    };
  });
  afterEach(async () => {
    for (const run of runs.splice(0)) {
      run.child.kill('SIGKILL');
      await run.ended;
    }
    rmSync(folder, { recursive: true });
  });

  const run = (changes: object = {}): KeeperRun => {
    const file = join(folder, 'keeper.json');
    writeFileSync(file, JSON.stringify({ ...config, ...changes }));
    const started = runKeeper(file);
    runs.push(started);
    return started;
  };
  const labelKeys = async (session: KeySession, packs: number[]): Promise<string[]> => {
    const identities = packs.map((pack) => ({
      kind: 'label',
      packId: `0x${pack.toString(16).padStart(64, '0')}`,
      datasetId: `0x${'11'.repeat(32)}`,
      contributorRef: `0x${'22'.repeat(20)}`,
      ...{ consentNonce: 0, purposes: 64, validUntil: 2_000_000_000, sources: 1, dataHash: '44'.repeat(32) },
      accessPolicy: config['accessPolicy'],
    }));
    const response = await fetch(`${url}/allod/v1/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ authSig: signForKeeper(session, url), challenge: '00'.repeat(32), identities }),
    });
    return ((await response.json()) as { answers: string[] }).answers;
  };

  it('opens nothing without the passphrase, and holds no share in the clear', async () => {
    writeFileSync(join(folder, 'passphrase'), 'a guess of whoever stole it', { mode: 0o600 });
    const thief = run();
    expect(await thief.ended).not.toBe(0);
    expect(thief.output()).toContain('wrong passphrase');
    rmSync(join(folder, 'passphrase'));
    const { secret } = dealt.shares[0]!;
    const forms = [Buffer.from(scalarToBytes(secret)), secret.toString(16), secret.toString(10), PASSPHRASE];
    for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const bytes = readFileSync(join(name.parentPath, name.name));
      for (const form of forms) expect(bytes.includes(form)).toBe(false);
    }
  });

  it('starts with a passphrase that another program gives (a KMS), which is never an argument or a variable', async () => {
    const kms = join(folder, 'kms.mjs');
    writeFileSync(kms, `process.stdout.write(${JSON.stringify(`${PASSPHRASE}\n`)})`);
    const started = run({ passphraseFile: undefined, passphraseCommand: [process.execPath, kms] });
    await started.listening;
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(started.child.spawnargs.join(' ')).not.toContain(PASSPHRASE);
    expect(started.output()).not.toContain(PASSPHRASE);
  });

  it('counts what it gave before it was killed: the label cap, and the chain of its log', async () => {
    const session = await createKeySession(HDNodeWallet.createRandom(), {
      nonce: blockHashOf(chain, 18),
      chainId: chain.chainId,
    });
    const first = run();
    await first.listening;
    expect(await labelKeys(session, [1, 2, 3])).toEqual(['RELEASED', 'RELEASED', 'RELEASED']);
    first.child.kill('SIGKILL');
    await first.ended;
    const [day] = readdirSync(join(folder, 'data/releases'));
    const head = verifyReleaseLog(join(folder, 'data/releases'));
    appendFileSync(join(folder, 'data/releases', day!), '{"seq":2,"at":"2026');

    const second = run();
    await second.listening;
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ releaseLog: head });
    expect(await labelKeys(session, [4, 5, 6])).toEqual(['RELEASED', 'RELEASED', 'RATE_LIMITED']);
    expect(verifyReleaseLog(join(folder, 'data/releases')).seq).toBe(2);
  });

  it('does not start on a log that somebody has changed', async () => {
    const session = await createKeySession(HDNodeWallet.createRandom(), {
      nonce: blockHashOf(chain, 18),
      chainId: chain.chainId,
    });
    const first = run();
    await first.listening;
    await labelKeys(session, [1]);
    await labelKeys(session, [2]);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const file = join(folder, 'data/releases', readdirSync(join(folder, 'data/releases'))[0]!);
    writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(1).join('\n'));
    const second = run();
    expect(await second.ended).not.toBe(0);
    expect(second.output()).toContain('the chain breaks at entry 1');
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
