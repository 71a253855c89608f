import { keccak256 } from 'ethers';
import type { Provider } from 'ethers';
import bytecode from '../abi/bytecode.json' with { type: 'json' };
import type { ContractName } from '../abi/index.ts';
import { checkDeployment } from './check.ts';
import type { Deployment } from './check.ts';
import { DeploymentError, resolveOptions } from './options.ts';
import type { Audit, DeployOptions, ResolvedOptions } from './options.ts';
import { readKeyNetwork } from './key-network.ts';
import type { RecordedKeyNetwork } from './key-network.ts';
import { constructorArguments, deploymentOrder } from './plan.ts';

/** One contract of a record. */
export interface RecordedContract {
  address: string;
  /** As given to the constructor; integers as decimal strings. */
  constructorArguments: unknown[];
  /** keccak256 of the creation code without arguments: that of `@allod/contracts`; null for a token that was there. */
  creationCodeHash: string | null;
  /** keccak256 of the code at the address. */
  codeHash: string;
}

/** `deployments/<chainId>.json`: what is deployed on a chain, enough to check it without trusting who deployed it. */
export interface DeploymentRecord {
  chainId: number;
  startBlock: number;
  /** Until an audit is named here, deposit caps stay at those of production. */
  audit: Audit | null;
  /** The options of the deployment, integers above 2^53 as decimal strings. */
  options: Omit<ResolvedOptions, 'audit' | 'vaultDepositCap' | 'escrowDepositCap'> & {
    vaultDepositCap: string;
    escrowDepositCap: string;
  };
  contracts: Record<ContractName, RecordedContract>;
  /** Missing until the registry has its network key. */
  keyNetwork?: RecordedKeyNetwork;
}

/** The record of a finished deployment. */
export async function recordOf(
  provider: Provider,
  { chainId, startBlock, addresses }: Deployment,
  options: ResolvedOptions,
): Promise<DeploymentRecord> {
  const contracts = {} as Record<ContractName, RecordedContract>;
  for (const name of deploymentOrder) {
    const isOurs = name !== 'TestUSD' || options.token === undefined;
    contracts[name] = {
      address: addresses[name],
      constructorArguments: isOurs ? plain(argumentsOf(name, options, addresses)) : [],
      creationCodeHash: isOurs ? keccak256(bytecode[name]) : null,
      codeHash: keccak256(await provider.getCode(addresses[name])),
    };
  }
  const { audit = null, vaultDepositCap, escrowDepositCap, ...rest } = options;
  return {
    chainId,
    startBlock,
    audit,
    options: { ...rest, vaultDepositCap: String(vaultDepositCap), escrowDepositCap: String(escrowDepositCap) },
    contracts,
  };
}

/**
 * Checks a record against the chain: code, wiring, roles, the constructor arguments that follow from its options, and
 * that no deposit cap is above that of production unless an audit is named, and the network key where one is recorded.
 * Throws `DeploymentError`.
 */
export async function checkRecord(provider: Provider, record: DeploymentRecord): Promise<void> {
  const chainId = Number((await provider.getNetwork()).chainId);
  if (chainId !== record.chainId) throw new DeploymentError(`this is chain ${chainId}, not ${record.chainId}`);
  const { vaultDepositCap, escrowDepositCap, ...rest } = record.options;
  const asked: DeployOptions = {
    ...rest,
    vaultDepositCap: BigInt(vaultDepositCap),
    escrowDepositCap: BigInt(escrowDepositCap),
    audit: record.audit,
  };
  const options = resolveOptions(chainId, rest.guardian, asked);
  const addresses = Object.fromEntries(
    Object.entries(record.contracts).map(([name, { address }]) => [name, address]),
  ) as Record<ContractName, string>;
  await checkDeployment(provider, { addresses }, options);
  const expected = await recordOf(provider, { chainId, startBlock: record.startBlock, addresses }, options);
  for (const name of deploymentOrder) {
    const [found, recorded] = [expected.contracts[name], record.contracts[name]];
    for (const field of ['codeHash', 'constructorArguments'] as const) {
      if (JSON.stringify(found[field]) !== JSON.stringify(recorded[field])) {
        throw new DeploymentError(`${name}: ${field} is ${JSON.stringify(found[field])}, not as recorded`);
      }
    }
  }
  await checkKeyNetwork(provider, record);
}

async function checkKeyNetwork(provider: Provider, record: DeploymentRecord): Promise<void> {
  if (!record.keyNetwork) return;
  const { KeeperRegistry } = record.contracts;
  const { networkKey } = await readKeyNetwork(provider, KeeperRegistry.address, record.keyNetwork.chain);
  if (networkKey.toLowerCase() !== record.keyNetwork.networkKey.toLowerCase())
    throw new DeploymentError(`the registry has the network key ${networkKey}, not the recorded one`);
}

function argumentsOf(name: ContractName, options: ResolvedOptions, addresses: Record<ContractName, string>): unknown[] {
  return constructorArguments(name, options, (other) => addresses[other]);
}

function plain(args: readonly unknown[]): unknown[] {
  return JSON.parse(
    JSON.stringify(args, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ) as unknown[];
}
