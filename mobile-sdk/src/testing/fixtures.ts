import { purposesOf, tag } from '@allod/protocol';
import { type Provider, Wallet } from 'ethers';
import type { ContractAddresses } from '../chain/chain.ts';
import { type Client, createClientOn, type CreateClientOptions } from '../client.ts';
import { createFakeKeyGate, type FakeKeyGateOptions } from '../keys/fake.ts';
import { systemClock } from '../platform/clock.ts';
import { memoryPlatform } from '../platform/memory.ts';
import type { Platform } from '../platform/ports.ts';
import { API, FakeApi } from './fakeApi.ts';
import { CHAIN_ID, contracts as fakeContracts, FakeChain } from './fakeChain.ts';

export const DATASET = tag('a dataset');
export const SCHEMA_HASH = tag('its schema');
export const TERMS_HASH = tag('terms');
export const CURATOR = '0x00000000000000000000000000000000000000cc';
export const FAR_AWAY = 2_000_000_000;

const dataset = {
  curator: CURATOR,
  purposes: 127,
  contributorsBps: 7000,
  latestVersion: 0,
  offerCount: 0,
  token: fakeContracts.TestUSD,
  floorPrice: 1n,
  schemaHash: SCHEMA_HASH,
};

/** A world in memory: API, chain, key network, and clients that share them. */
export interface World {
  api: FakeApi;
  chain: FakeChain;
  contracts: ContractAddresses;
  datasetId: string;
  /** Milliseconds that clients slept, in order. */
  slept: number[];
  platform(): Platform;
  client(options?: Partial<CreateClientOptions>): Client;
}

/** A real chain instead of the one in memory. */
export interface WorldOnChain {
  provider: Provider;
  contracts: ContractAddresses;
}

export function createWorld(allows: FakeKeyGateOptions['allows'] = () => true, real?: WorldOnChain): World {
  const contracts = real?.contracts ?? fakeContracts;
  const api = new FakeApi(contracts);
  const chain = new FakeChain({
    'DatasetRegistry.getDataset': () => dataset,
    'DatasetRegistry.sourcesOf': () => [contracts.LicenseVault, contracts.LabelEscrow],
    'ConsentRegistry.noncesOf': () => [0, 0],
  });
  const keyGate = createFakeKeyGate({ chainId: CHAIN_ID, allows });
  const slept: number[] = [];
  const clock = {
    now: () => Date.now(),
    sleep: async (ms: number) => {
      slept.push(ms);
      if (real) await systemClock.sleep(ms);
    },
  };
  const platform = (): Platform => memoryPlatform({ fetch: api.fetch, clock });
  return {
    api,
    chain,
    contracts,
    datasetId: DATASET,
    slept,
    platform,
    client: (options = {}) =>
      createClientOn(options.platform ?? platform(), {
        api: API,
        chain: { chainId: CHAIN_ID, name: 'baseSepolia', provider: real?.provider ?? chain, contracts },
        keyGate,
        ...options,
      }),
  };
}

export const seedOf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
export const walletOf = (n: number): Wallet => new Wallet(`0x${n.toString(16).padStart(64, '0')}`);

/** Consents for everything to the dataset of the world. */
export async function consentTo(
  client: Client,
  names: Parameters<typeof purposesOf> = ['TRAIN', 'LABEL'],
): Promise<void> {
  await client.grantConsent({
    datasetId: DATASET,
    purposes: purposesOf(...names),
    validUntil: FAR_AWAY,
    termsHash: TERMS_HASH,
  });
}
