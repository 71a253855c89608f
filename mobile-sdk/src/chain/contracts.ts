import { abis } from '@allod/contracts';
import { Contract, type ContractRunner, FallbackProvider, getAddress, JsonRpcProvider, type Provider } from 'ethers';

/** Names and addresses of the deployed contracts that the SDK talks to. `TestUSD` stands for the payment token. */
export interface ContractAddresses {
  DatasetRegistry: string;
  ConsentRegistry: string;
  ContributionRegistry: string;
  LicenseVault: string;
  LabelEscrow: string;
  AccessPolicy: string;
  KeeperRegistry: string;
  TestUSD?: string;
}

/** The chain as the caller knows it. Nothing here is ever taken from the API. */
export interface ChainOptions {
  chainId: number;
  /** Chain name inside sealed conditions, `base` or `baseSepolia`; development maps `baseSepolia` to its own chain. */
  name: string;
  /** One JSON-RPC endpoint, or several that stand in for each other. */
  rpcUrl?: string;
  rpcUrls?: readonly string[];
  /** A provider of your own instead of the endpoints. */
  provider?: Provider;
  contracts: ContractAddresses;
  /** Milliseconds between polls for a receipt; default 1,000. */
  pollingInterval?: number;
}

export interface Chain {
  chainId: number;
  name: string;
  contracts: ContractAddresses;
  provider: Provider;
}

/** Connects to the chain's endpoints; nothing is asked before the first call. */
export function connectChain(options: ChainOptions): Chain {
  const { chainId, name } = options;
  const entries = Object.entries(options.contracts as Partial<ContractAddresses>)
    .filter(([, address]) => typeof address === 'string')
    .map(([contract, address]) => [contract, getAddress(address)]);
  const contracts = Object.fromEntries(entries) as unknown as ContractAddresses;
  return { chainId, name, contracts, provider: options.provider ?? connectProvider(options) };
}

function connectProvider(options: ChainOptions): Provider {
  const urls = [...(options.rpcUrls ?? []), ...(options.rpcUrl === undefined ? [] : [options.rpcUrl])];
  if (urls.length === 0) throw new RangeError('chain needs rpcUrl, rpcUrls or provider');
  const providers = urls.map(
    (url) =>
      new JsonRpcProvider(url, options.chainId, {
        staticNetwork: true,
        cacheTimeout: -1,
        pollingInterval: options.pollingInterval ?? 1000,
      }),
  );
  if (providers.length === 1) return providers[0] as JsonRpcProvider;
  return new FallbackProvider(
    providers.map((each, i) => ({ provider: each, priority: i + 1, stallTimeout: 2000 })),
    options.chainId,
    { quorum: 1, cacheTimeout: -1, pollingInterval: options.pollingInterval ?? 1000 },
  );
}

type ContractName = keyof typeof abis & keyof ContractAddresses;

/** A deployed contract, for reading or, with a signer, for sending. */
export function contractAt(chain: Chain, name: ContractName, runner: ContractRunner = chain.provider): Contract {
  const address = chain.contracts[name];
  if (address === undefined) throw new RangeError(`the chain options name no ${name}`);
  return new Contract(address, abis[name] as never, runner);
}
