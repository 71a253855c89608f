import type { Provider } from 'ethers';
import { contractAt } from './check.ts';
import { DeploymentError } from './options.ts';

/** What the keepers of a deployment are: immutable once the registry has it. */
export interface RecordedKeyNetwork {
  /** Lit chain name inside conditions. */
  chain: 'base' | 'baseSepolia';
  /** BLS12-381 public key, 48 bytes hex. */
  networkKey: string;
}

/** Reads the network key that a registry has fixed. Throws `DeploymentError` before there is one. */
export async function readKeyNetwork(
  provider: Provider,
  keeperRegistry: string,
  chain: RecordedKeyNetwork['chain'],
): Promise<RecordedKeyNetwork> {
  const registry = contractAt('KeeperRegistry', keeperRegistry, provider);
  const networkKey = (await registry.getFunction('networkKey')()) as string;
  if (networkKey === '0x') throw new DeploymentError('the registry has no network key yet');
  return { chain, networkKey };
}
