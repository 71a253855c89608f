import { getAddress, type Provider } from 'ethers';

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
  /** As the client was given it: `providerOf` connects when the chain is asked for the first time. */
  options: ChainOptions;
  /** Lets go of the endpoints; there once they were connected. */
  disconnect?: () => void;
}

/** Checks the addresses; nothing is loaded or asked before the first call. */
export function describeChain(options: ChainOptions): Chain {
  const { chainId, name } = options;
  if (!options.provider && endpointsOf(options).length === 0)
    throw new RangeError('chain needs rpcUrl, rpcUrls or provider');
  const entries = Object.entries(options.contracts as Partial<ContractAddresses>)
    .filter(([, address]) => typeof address === 'string')
    .map(([contract, address]) => [contract, getAddress(address)]);
  const contracts = Object.fromEntries(entries) as unknown as ContractAddresses;
  return { chainId, name, contracts, options };
}

export const endpointsOf = ({ rpcUrl, rpcUrls = [] }: ChainOptions): string[] => [
  ...rpcUrls,
  ...(rpcUrl === undefined ? [] : [rpcUrl]),
];
