import {
  expoFileSource,
  createClient,
  createLightKeyGate,
  expoCrypto,
  expoPlatform,
  installCrypto,
  purposesOf,
} from '@allod/sdk';
import type { Client, ContractAddresses } from '@allod/sdk';
import * as battery from 'expo-battery';
import * as ExpoCrypto from 'expo-crypto';
import { fetch } from 'expo/fetch';
import * as fileSystem from 'expo-file-system';
import * as network from 'expo-network';
import * as secureStore from 'expo-secure-store';
import { install } from 'react-native-quick-crypto';

/** What an app ships with: nothing of this is taken from the API. */
export interface Deployment {
  api: string;
  rpcUrls: [string, ...string[]];
  chainId: number;
  contracts: ContractAddresses;
  networkKey: string;
  datasetId: string;
  termsHash: string;
}

/** Native WebCrypto where the module is linked, Expo's AES otherwise (Expo Go). */
export function useNativeCrypto(): void {
  try {
    install();
  } catch {
    installCrypto(expoCrypto(ExpoCrypto));
  }
}

const SEED = 'allod.seed';

/** The seed of this device's contributor, made on first use. Show its recovery phrase (`@allod/sdk/seed`) before you rely on it. */
export async function seedOfDevice(): Promise<Uint8Array> {
  const kept = await secureStore.getItemAsync(SEED);
  if (kept) return Uint8Array.from(kept.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  const seed = ExpoCrypto.getRandomBytes(32);
  await secureStore.setItemAsync(SEED, Array.from(seed, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  return seed;
}

export async function openClient(deployment: Deployment): Promise<Client> {
  const { api, rpcUrls, chainId, contracts, networkKey } = deployment;
  return createClient({
    api,
    chain: { chainId, name: 'baseSepolia', rpcUrls, contracts },
    keyGate: createLightKeyGate({
      chainId,
      chain: 'baseSepolia',
      networkKey,
      keeperRegistry: contracts.KeeperRegistry,
      rpcUrl: rpcUrls[0],
    }),
    seed: await seedOfDevice(),
    platform: expoPlatform({
      secureStore,
      fileSystem,
      network,
      battery,
      fetch: (input, init) => fetch(input, init as never) as unknown as Promise<Response>,
    }),
    queue: { maxBytes: 256 * 2 ** 20, whenFull: 'pause' },
    upload: { wifiOnly: true, chargingOnly: false },
  });
}

export async function agree(client: Client, { datasetId, termsHash }: Deployment): Promise<void> {
  const validUntil = Math.floor(Date.now() / 1000) + 365 * 86_400;
  await client.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash });
}

export async function contributeFile(client: Client, datasetId: string, uri: string): Promise<string[]> {
  const bytes = expoFileSource(new fileSystem.File(uri));
  const { contributionIds } = await client.contribute({
    datasetId,
    items: [{ bytes, mediaType: 'image/jpeg' }],
    until: 'queued',
  });
  return contributionIds;
}
