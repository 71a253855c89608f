// One-shot program of infra/compose.yml: deploys the contracts on the development chain, deals the key network, and
// writes what the containers read: /shared (addresses, public settings), /keys (the api's keys), /keepers/N (one share each).
import { chownSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { developmentAccounts } from './accounts.ts';
import { writeKeyFile } from './parts/api.ts';
import { CHAIN_ID } from './parts/chain.ts';
import { ensureContracts } from './parts/contracts.ts';
import { ensureKeyNetwork, KEEPER_COUNT, keeperConfig, registerKeepers } from './parts/keepers.ts';
import { rpc } from './parts/rpc.ts';

/** The user that the images run as. */
const SERVICE_USER = 1000;

function giveToService(path: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(path, SERVICE_USER, SERVICE_USER);
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) giveToService(join(path, name));
}

export interface SetupOptions {
  sharedDir: string;
  keysDir: string;
  /** Folder number N-1 becomes the whole world of keeper N. */
  keeperDirs: string[];
  /** As the containers reach the chain. */
  rpcUrls: string[];
  /** As a browser reaches chain, api and keepers. */
  publicRpcUrl: string;
  publicUrl: string;
  keeperUrls: string[];
  chainName: string;
}

export async function setUp(options: SetupOptions): Promise<void> {
  const { sharedDir, keysDir, keeperDirs, rpcUrls, keeperUrls, chainName } = options;
  const [url] = rpcUrls;
  if (url === undefined) throw new Error('no RPC was given');
  if (keeperDirs.length !== KEEPER_COUNT || keeperUrls.length !== KEEPER_COUNT) {
    throw new Error(`this set-up is for ${KEEPER_COUNT} keepers`);
  }
  const chainId = Number(await rpc<string>(url, 'eth_chainId'));
  if (chainId !== CHAIN_ID) {
    throw new Error(
      `${url} is chain ${chainId}: the development keys are for ${CHAIN_ID} only, deploy there with your own`,
    );
  }

  const accounts = developmentAccounts();
  mkdirSync(sharedDir, { recursive: true });
  const settled = { url, untilSaved: () => sleep(0) };
  const { deployment } = await ensureContracts(settled, { dataDir: sharedDir, accounts, windows: {} });

  const dealt = join(keysDir, 'dealer');
  const network = ensureKeyNetwork(dealt);
  await registerKeepers({ rpcUrl: url, deployment, accounts, network, urls: keeperUrls });
  for (const [position, folder] of keeperDirs.entries()) {
    const index = position + 1;
    mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
    copyFileSync(join(dealt, 'keepers', `share-${index}.json`), join(folder, 'share.json'));
    copyFileSync(join(dealt, 'keepers', 'passphrase'), join(folder, 'passphrase'));
    const files = { shareFile: 'share.json', passphraseFile: 'passphrase', dataDir: 'data' };
    const place = { port: 7470, host: '0.0.0.0', index, nodeAddresses: [keeperUrls[position] as string] };
    const config = keeperConfig({ ...files, ...place, rpcUrls, chainName, deployment, network });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config, null, 2));
    giveToService(folder);
  }

  mkdirSync(keysDir, { recursive: true });
  for (const [name, account] of [
    ['receipt-signer', accounts.receiptSigner],
    ['relayer', accounts.relayer],
    ['job-signer', accounts.jobSigner],
  ] as const) {
    giveToService(writeKeyFile(keysDir, name, account));
  }

  const { addresses, startBlock } = deployment;
  const apiEnvironment = { NETWORK_KEY: network.networkKey, PAYMENT_TOKEN: addresses.TestUSD, START_BLOCK: startBlock };
  const lines = Object.entries(apiEnvironment).map(([name, value]) => `${name}=${value}`);
  writeFileSync(join(sharedDir, 'api.env'), `${lines.join('\n')}\n`);
  const uiConfig = {
    api: options.publicUrl,
    rpcUrls: [options.publicRpcUrl],
    chainId,
    chainName,
    contracts: addresses,
    keeperRegistry: addresses.KeeperRegistry,
    networkKey: network.networkKey,
    keepers: keeperUrls,
    development: true,
    singleOperator: true,
    singleRpc: new Set(options.rpcUrls).size < 2,
  };
  writeFileSync(join(sharedDir, 'ui-config.json'), JSON.stringify(uiConfig, null, 2));
}

if (import.meta.main) {
  const { env } = process;
  const list = (name: string, fallback: string): string[] =>
    (env[name] ?? fallback).split(',').map((url) => url.trim());
  const root = env['ALLOD_SETUP_ROOT'] ?? '/';
  await setUp({
    sharedDir: join(root, 'shared'),
    keysDir: join(root, 'keys'),
    keeperDirs: Array.from({ length: KEEPER_COUNT }, (_, position) => join(root, 'keepers', String(position + 1))),
    rpcUrls: list('ALLOD_RPC_URLS', 'http://anvil:8545'),
    publicRpcUrl: env['ALLOD_PUBLIC_RPC_URL'] ?? 'http://127.0.0.1:8545',
    publicUrl: env['ALLOD_PUBLIC_URL'] ?? 'http://127.0.0.1:4000',
    keeperUrls: list('ALLOD_KEEPER_URLS', 'http://127.0.0.1:7470,http://127.0.0.1:7471,http://127.0.0.1:7472'),
    chainName: env['ALLOD_CHAIN_NAME'] ?? 'baseSepolia',
  });
  process.stdout.write('set up\n');
}
