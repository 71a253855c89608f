import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { abis } from '@allod/contracts';
import type { Deployment } from '@allod/contracts/deploy';
import { deal, writeDeal } from '@allod/keepers/dealer';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import type { Accounts } from '../accounts.ts';
import type { ManagedProcess, ProcessGroup } from '../processes.ts';
import { CHAIN_ID } from './chain.ts';
import { CONFIRMATIONS } from './api.ts';
import { childNode, NODE_ENVIRONMENT, untilOk } from './node-process.ts';

export const KEEPER_COUNT = 3;
export const KEEPER_THRESHOLD = 2;

/** What anybody may know of the key network. */
export interface KeyNetwork {
  /** 48 bytes, compressed G1, 0x hex. */
  networkKey: string;
  threshold: number;
  commitments: string[];
}

const folderOf = (dataDir: string): string => join(dataDir, 'keepers');
/** The Lit SDK reads an address as a number; a keeper under a name has none. */
const ipv4 = (host: string): number =>
  isIPv4(host) ? host.split('.').reduce((number, part) => number * 256 + Number(part), 0) : 0;

/** Deals the network key once for a data folder; each keeper gets its share in a file that only its passphrase opens. */
export function ensureKeyNetwork(dataDir: string): KeyNetwork {
  const folder = folderOf(dataDir);
  const publicFile = join(folder, 'network.json');
  if (!existsSync(publicFile)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const passphrase = randomBytes(24).toString('base64url');
    writeFileSync(join(folder, 'passphrase'), passphrase, { mode: 0o600 });
    writeDeal(folder, deal({ n: KEEPER_COUNT, t: KEEPER_THRESHOLD }), passphrase);
  }
  return JSON.parse(readFileSync(publicFile, 'utf8')) as KeyNetwork;
}

/** Writes the keeper set into the registry, once and again after the addresses of the keepers have changed. */
export async function registerKeepers(options: {
  rpcUrl: string;
  deployment: Deployment;
  accounts: Accounts;
  network: KeyNetwork;
  urls: string[];
}): Promise<void> {
  const { rpcUrl, deployment, accounts, network, urls } = options;
  const provider = new JsonRpcProvider(rpcUrl, CHAIN_ID, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    const owner = new NonceManager(new Wallet(accounts.deployer.privateKey, provider));
    const registry = new Contract(deployment.addresses.KeeperRegistry, abis.KeeperRegistry, owner);
    const nodes = [accounts.keeper1, accounts.keeper2, accounts.keeper3];
    const wanted = urls.map((url, index) => ({
      url,
      ip: ipv4(new URL(url).hostname),
      port: Number(new URL(url).port),
      nodeAddress: nodes[index]?.address,
      commitment: network.commitments[index],
      organization: 'development',
      tlsKeyHash: `0x${'00'.repeat(32)}`,
      active: true,
    }));
    const present = (await registry.getFunction('getKeepers')()) as { url: string; commitment: string }[];
    const same =
      present.length === wanted.length &&
      wanted.every((keeper, i) => present[i]?.url === keeper.url && present[i]?.commitment === keeper.commitment);
    if (same) return;
    const transaction = await registry.getFunction('setNetwork')(network.networkKey, network.threshold, wanted);
    await transaction.wait();
  } finally {
    provider.destroy();
  }
}

/** What keepers say of themselves that whoever trusts them must know; nothing of keepers that do not answer. */
export async function keeperWarnings(urls: readonly string[]): Promise<string[]> {
  const reports = await Promise.all(
    urls.map((url) =>
      fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) })
        .then((answer) => answer.json() as Promise<{ singleOperator?: boolean; singleRpc?: boolean }>)
        .catch(() => undefined),
    ),
  );
  const warnings: string[] = [];
  if (reports.some((report) => report?.singleOperator)) {
    warnings.push('one operator runs every key keeper (SINGLE_OPERATOR=1): it could open all that is sealed here');
  }
  if (reports.some((report) => report?.singleRpc)) {
    warnings.push('a key keeper believes one RPC alone (SINGLE_RPC=1): that RPC could lie to it');
  }
  return warnings;
}

export interface KeeperSettings {
  port: number;
  host: string;
  index: number;
  shareFile: string;
  passphraseFile: string;
  dataDir: string;
  rpcUrls: string[];
  chainName: string;
  deployment: Deployment;
  network: KeyNetwork;
  nodeAddresses?: string[];
}

/** What a keeper's configuration file says. */
export function keeperConfig({ rpcUrls, chainName, deployment, network, ...place }: KeeperSettings) {
  return {
    ...place,
    rpcUrls: { [chainName]: rpcUrls },
    chainId: deployment.chainId,
    accessPolicy: deployment.addresses.AccessPolicy,
    confirmations: CONFIRMATIONS,
    networkKey: network.networkKey,
  };
}

export function createKeeper(
  group: ProcessGroup,
  options: {
    dataDir: string;
    index: number;
    port: number;
    rpcUrls: string[];
    chainName: string;
    deployment: Deployment;
    network: KeyNetwork;
  },
): ManagedProcess {
  const { dataDir, index, port, rpcUrls, chainName, deployment, network } = options;
  const folder = folderOf(dataDir);
  const configFile = join(folder, `keeper-${index}.json`);
  const config = keeperConfig({
    ...{ port, host: '127.0.0.1', index, rpcUrls, chainName, deployment, network },
    shareFile: join(folder, `share-${index}.json`),
    passphraseFile: join(folder, 'passphrase'),
    dataDir: join(folder, `keeper-${index}`),
  });
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  const dealer = fileURLToPath(import.meta.resolve('@allod/keepers/dealer'));
  return group.create({
    name: `keeper-${index}`,
    ...childNode(join(dirname(dealer), 'main.ts'), ['--config', configFile]),
    env: { ...NODE_ENVIRONMENT, SINGLE_OPERATOR: '1' },
    ready: () => untilOk(`http://127.0.0.1:${port}/health`),
  });
}
