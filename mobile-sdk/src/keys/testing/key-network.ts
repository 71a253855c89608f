/** A real key network for tests: anvil, AccessPolicy and KeeperRegistry, a dealt key and keeper processes. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ContractFactory, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager } from 'ethers';
import type { Contract } from 'ethers';
import { AccessPolicyAbi, KeeperRegistryAbi, ParameterManagerAbi } from '@allod/contracts';
import type { KeyNetwork } from '../key-gate.port.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const json = (path: string): Record<string, string> => JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;

export const CONFIRMATIONS = 2;

const worldAbi = [
  'function license(address user, bytes32 datasetId, uint256 maxVersion)',
  'function qualify(address user, bytes32 packId, bool yes)',
  'function withdraw(address ref, bytes32 datasetId)',
];

export interface KeeperProcess {
  url: string;
  configFile: string;
  child: ChildProcess;
}

export interface TestKeyNetwork extends KeyNetwork {
  rpcUrl: string;
  accessPolicy: string;
  world: string;
  threshold: number;
  keepers: KeeperProcess[];
  /** Development wallets; the first deploys. */
  wallet(i: number): HDNodeWallet;
  license(user: string, datasetId: string, maxVersion: number): Promise<void>;
  qualify(user: string, packId: string, yes: boolean): Promise<void>;
  withdraw(contributorRef: string, datasetId: string): Promise<void>;
  /** Mines blocks; `CONFIRMATIONS` of them make the last transaction confirmed. */
  mine(blocks?: number): Promise<void>;
  registry: Contract;
  provider: JsonRpcProvider;
  restartKeeper(i: number): Promise<void>;
  /** Undoes what a test did to keepers: own shares, own configuration, all running, all in the registry. */
  repair(): Promise<void>;
  /** Stops a keeper's process without closing its connections. */
  freezeKeeper(i: number): void;
  /** Restarts a keeper that signs with a wrong secret. */
  corruptKeeper(i: number): Promise<void>;
  /** Restarts keeper i with the share of keeper `as`. */
  impersonate(i: number, as: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TestKeyNetworkOptions {
  keepers?: number;
  threshold?: number;
  /** RPC URLs of one keeper, given the chain's own; default two names of the chain. */
  rpcUrls?: (rpcUrl: string, keeper: number) => string[];
  /** Added to each keeper's configuration. */
  config?: Record<string, unknown>;
}

export async function startKeyNetwork(options: TestKeyNetworkOptions = {}): Promise<TestKeyNetwork> {
  const { keepers: count = 3, threshold = 2 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'allod-keys-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    provider?.destroy();
    // The program in .bin is a wrapper: SIGTERM reaches the node behind it, SIGKILL would leave it behind.
    await Promise.all(children.map((child) => kill(child, child.spawnfile.endsWith('anvil') ? 'SIGTERM' : 'SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  };
  let provider: JsonRpcProvider | undefined;
  try {
    const [chainPort, ...ports] = await freePorts(count + 1);
    const rpcUrl = `http://127.0.0.1:${chainPort}`;
    children.push(await startAnvil(chainPort!));
    provider = new JsonRpcProvider(rpcUrl, 31337, { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1 });
    const wallet = (i: number): HDNodeWallet =>
      HDNodeWallet.fromMnemonic(
        Mnemonic.fromPhrase('test test test test test test test test test test test junk'),
        `m/44'/60'/0'/0/${i}`,
      );
    const deployer = new NonceManager(wallet(0).connect(provider));
    const bytecode = json(join(root, 'contracts/abi/bytecode.json'));
    const worldBytecode = json(fileURLToPath(new URL('policy-world.bytecode.json', import.meta.url)))['bytecode']!;
    const world = (await new ContractFactory(worldAbi, worldBytecode, deployer).deploy()) as Contract;
    const worldAddress = await world.getAddress();
    const policy = await new ContractFactory(AccessPolicyAbi, bytecode['AccessPolicy']!, deployer).deploy(
      worldAddress,
      worldAddress,
    );
    const manager = await new ContractFactory(ParameterManagerAbi, bytecode['ParameterManager']!, deployer).deploy(
      await deployer.getAddress(),
      0,
    );
    const registry = (await new ContractFactory(KeeperRegistryAbi, bytecode['KeeperRegistry']!, deployer).deploy(
      await manager.getAddress(),
    )) as Contract;
    const accessPolicy = await policy.getAddress();

    const passphraseFile = join(folder, 'passphrase');
    writeFileSync(passphraseFile, 'a passphrase for tests', { mode: 0o600 });
    const dealt = await runDealer(count, threshold, folder, passphraseFile);
    const keepers = ports.map((port, i): KeeperProcess & { start: () => Promise<ChildProcess> } => {
      const configFile = join(folder, `keeper-${i + 1}.json`);
      const config = {
        port,
        host: '127.0.0.1',
        index: i + 1,
        shareFile: `share-${i + 1}.json`,
        passphraseFile: 'passphrase',
        rpcUrls: { baseSepolia: options.rpcUrls?.(rpcUrl, i) ?? [rpcUrl, rpcUrl.replace('127.0.0.1', 'localhost')] },
        chainId: 31337,
        accessPolicy,
        confirmations: CONFIRMATIONS,
        networkKey: dealt.networkKey,
        dataDir: `keeper-${i + 1}`,
        headTtlMs: 100,
        logLevel: 'warn',
        ...options.config,
      };
      writeFileSync(configFile, JSON.stringify(config));
      const url = `http://127.0.0.1:${port}`;
      return {
        url,
        configFile,
        child: undefined as unknown as ChildProcess,
        start: () => startKeeper(configFile, url),
      };
    });
    const tx = async (send: Promise<{ wait(): Promise<unknown> }>): Promise<void> => void (await (await send).wait());
    const mine = async (blocks = 1): Promise<void> =>
      void (await provider!.send('anvil_mine', [`0x${blocks.toString(16)}`]));
    await tx(
      registry['setNetwork']!(
        dealt.networkKey,
        threshold,
        keepers.map(({ url }, i) => ({
          url,
          ip: 0x7f000001,
          port: ports[i],
          nodeAddress: wallet(100 + i).address,
          commitment: dealt.commitments[i],
          organization: 'development',
          tlsKeyHash: `0x${'00'.repeat(32)}`,
          active: true,
        })),
      ),
    );
    await mine(CONFIRMATIONS + 1);
    const start = async (i: number): Promise<void> => {
      keepers[i]!.child = await keepers[i]!.start();
      children.push(keepers[i]!.child);
    };
    await Promise.all(keepers.map((_, i) => start(i)));
    const files = keepers.flatMap(({ configFile }, i) => [configFile, join(folder, `share-${i + 1}.json`)]);
    const originals = files.map((path) => readFileSync(path));
    const altered = new Set<number>();
    return {
      rpcUrl,
      chainId: 31337,
      chain: 'baseSepolia',
      networkKey: dealt.networkKey,
      keeperRegistry: await registry.getAddress(),
      accessPolicy,
      world: worldAddress,
      threshold,
      keepers,
      wallet,
      registry,
      provider,
      mine,
      license: (user, datasetId, version) => tx(world['license']!(user, datasetId, version)),
      qualify: (user, packId, yes) => tx(world['qualify']!(user, packId, yes)),
      withdraw: (ref, datasetId) => tx(world['withdraw']!(ref, datasetId)),
      restartKeeper: start,
      repair: async () => {
        const broken = keepers.flatMap(({ child }, i) => (altered.has(i) || hasEnded(child) ? [i] : []));
        await Promise.all(broken.map((i) => kill(keepers[i]!.child)));
        altered.clear();
        for (const [i, path] of files.entries()) writeFileSync(path, originals[i]!);
        for (const { active, nodeAddress } of (await registry['getKeepers']!()) as {
          active: boolean;
          nodeAddress: string;
        }[]) {
          if (!active) await tx(registry['setActive']!(nodeAddress, true));
        }
        await Promise.all(broken.map(start));
      },
      freezeKeeper: (i) => {
        altered.add(i);
        keepers[i]!.child.kill('SIGSTOP');
      },
      corruptKeeper: async (i) => {
        altered.add(i);
        await kill(keepers[i]!.child);
        await corruptShare(join(folder, `share-${i + 1}.json`), passphraseFile);
        await start(i);
      },
      impersonate: async (i, as) => {
        altered.add(i);
        await kill(keepers[i]!.child);
        const config = JSON.parse(readFileSync(keepers[i]!.configFile, 'utf8')) as object;
        const changes = { index: as + 1, shareFile: `share-${as + 1}.json` };
        writeFileSync(keepers[i]!.configFile, JSON.stringify({ ...config, ...changes }));
        await start(i);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAnvil(port: number): Promise<ChildProcess> {
  const child = spawn(join(root, 'node_modules/.bin/anvil'), ['--port', String(port), '--silent'], { stdio: 'ignore' });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  await until(async () => (await fetch(`http://127.0.0.1:${port}`, init)).ok, child);
  return child;
}

async function startKeeper(configFile: string, url: string): Promise<ChildProcess> {
  const main = join(root, 'infra/keepers/src/main.ts');
  const child = spawn(process.execPath, [main, '--config', configFile], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: cleanEnv(),
  });
  await until(async () => (await fetch(`${url}/health`)).ok, child);
  return child;
}

async function runDealer(n: number, t: number, out: string, passphraseFile: string) {
  const dealer = join(root, 'infra/keepers/src/dealer.ts');
  const args = [dealer, '--n', String(n), '--t', String(t), '--out', out, '--passphrase-file', passphraseFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: cleanEnv() });
  const [text] = await Promise.all([readAll(child), once(child, 'exit')]);
  return JSON.parse(text) as { networkKey: string; commitments: string[] };
}

/** Replaces a share by another secret that is consistent in itself; only the registry's commitment tells. */
async function corruptShare(shareFile: string, passphraseFile: string): Promise<void> {
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { deal, openShareFile, sealShareFile } from ${JSON.stringify(join(root, 'infra/keepers/src/dealer.ts'))};
    const [file, passphraseFile] = process.argv.slice(1);
    const passphrase = readFileSync(passphraseFile, 'utf8');
    const share = openShareFile(JSON.parse(readFileSync(file, 'utf8')), passphrase);
    const { secret, commitment } = deal({ n: 3, t: 2 }).shares[0];
    writeFileSync(file, JSON.stringify(sealShareFile({ ...share, secret, commitment }, passphrase)));`;
  const args = ['--input-type=module', '-e', script, shareFile, passphraseFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env: cleanEnv() });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error('could not corrupt the share');
}

async function readAll(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) text += String(chunk);
  return text;
}

/** Test runners put flags into NODE_OPTIONS that a keeper must not inherit. */
function cleanEnv(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, SINGLE_OPERATOR: __, SINGLE_RPC: ___, ...env } = process.env;
  return env;
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function until(check: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`);
    if (await check().catch(() => false)) return;
    await sleep(50);
  }
  await kill(child);
  throw new Error(`${child.spawnargs.join(' ')} does not become ready`);
}

/** Ports that nobody listens on, all held at once so that they differ. */
/** Free ports below those that the system gives to outgoing connections, so that none is taken before its server listens. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = createServer().listen(20_000 + Math.floor(Math.random() * 12_000), '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isFree) servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
