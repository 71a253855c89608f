import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../client.ts';
import type { ChainOptions } from '../chain/chain.ts';
import { createClient } from '../index.node.ts';
import { createLightKeyGate } from '../keys/light.ts';
import { nodePlatform } from '../platform/node/platform.ts';
import type { Platform } from '../platform/ports.ts';
import { loadSeed } from '../seed/index.ts';
import { type Io, UsageError } from './io.ts';

/** The network that the command line works with, as JSON: what an app ships with. Nothing of it comes from the API. */
interface NetworkFile {
  api: string;
  chain: ChainOptions;
  networkKey: string;
  /** Default the first RPC of `chain`. */
  rpcUrl?: string;
}

export interface Device {
  platform: Platform;
  /** Opens the client of this device. Throws where there is no seed or no network file. */
  client(): Promise<Client>;
}

/** The device in `--home`, `$ALLOD_HOME` or `~/.allod`: seed, keys, queue. */
export function openDevice(io: Io, flags: { home?: string | undefined; network?: string | undefined }): Device {
  const home = flags.home ?? io.env['ALLOD_HOME'] ?? join(homedir(), '.allod');
  const platform = nodePlatform(home);
  const client = async (): Promise<Client> => {
    const path = flags.network ?? io.env['ALLOD_NETWORK'] ?? join(home, 'network.json');
    const text = await readFile(path, 'utf8').catch(() => {
      throw new UsageError(`there is no network file at ${path}: pass --network FILE`);
    });
    const { api, chain, networkKey, rpcUrl } = JSON.parse(text) as NetworkFile;
    const seed = await loadSeed(platform.keyStore);
    if (!seed) throw new UsageError('this device has no seed: run `allod init` or `allod restore`');
    const rpc = rpcUrl ?? chain.rpcUrls?.[0] ?? chain.rpcUrl;
    if (!rpc) throw new UsageError('the network file names no RPC');
    const keyGate = createLightKeyGate({
      chainId: chain.chainId,
      chain: chain.name,
      networkKey,
      keeperRegistry: chain.contracts.KeeperRegistry,
      rpcUrl: rpc,
    });
    return createClient({ api, chain, keyGate, seed, platform });
  };
  return { platform, client };
}
