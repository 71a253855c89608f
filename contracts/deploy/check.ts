import { Contract } from 'ethers';
import type { ContractRunner, Provider } from 'ethers';
import { abis } from '../abi/index.ts';
import type { ContractName } from '../abi/index.ts';
import { DeploymentError } from './options.ts';
import type { ResolvedOptions } from './options.ts';

/** A finished deployment. */
export interface Deployment {
  chainId: number;
  addresses: Record<ContractName, string>;
  /** The block of the first deployment: indexers start here. */
  startBlock: number;
}

/** The role of the parameter manager's owner. */
const ADMIN_ROLE = 0;

/** The contracts with parameters that can change. */
const managed = ['DatasetRegistry', 'LicenseVault', 'LabelEscrow', 'KeeperRegistry'] as const;

/** A contract of the protocol at an address. */
export function contractAt(name: ContractName, address: string, runner: ContractRunner | null): Contract {
  return new Contract(address, abis[name], runner);
}

/**
 * Reads every contract back and throws `DeploymentError` unless all of them are there, hold what was asked for, know each
 * other and answer to the named guardian and owner. Holds for every way to deploy.
 */
export async function checkDeployment(
  provider: Provider,
  { addresses }: Pick<Deployment, 'addresses'>,
  options: ResolvedOptions,
): Promise<void> {
  await Promise.all(
    Object.entries(addresses).map(async ([name, address]) => {
      if ((await provider.getCode(address)) === '0x') throw new DeploymentError(`${name} has no code at ${address}`);
    }),
  );
  const expect = async (name: ContractName, view: string, expected: unknown, ...args: unknown[]): Promise<void> => {
    const actual: unknown = await contractAt(name, addresses[name], provider).getFunction(view)(...args);
    if (String(actual) !== String(expected)) {
      throw new DeploymentError(`${name}.${view} is ${String(actual)}, not ${String(expected)}`);
    }
  };
  const { escrow } = options;
  await Promise.all([
    expect('DatasetRegistry', 'guardian', options.guardian),
    expect('DatasetRegistry', 'reviewWindow', options.reviewWindow),
    expect('ConsentRegistry', 'payeeDelay', options.payeeDelay),
    expect('ContributionRegistry', 'consentRegistry', addresses.ConsentRegistry),
    expect('LicenseVault', 'token', addresses.TestUSD),
    expect('LicenseVault', 'datasetRegistry', addresses.DatasetRegistry),
    expect('LicenseVault', 'consentRegistry', addresses.ConsentRegistry),
    expect('LicenseVault', 'guardian', options.guardian),
    expect('LicenseVault', 'depositCap', options.vaultDepositCap),
    expect('LicenseVault', 'pausedUntil', 0),
    expect('LabelEscrow', 'token', addresses.TestUSD),
    expect('LabelEscrow', 'datasetRegistry', addresses.DatasetRegistry),
    expect('LabelEscrow', 'guardian', options.guardian),
    expect('LabelEscrow', 'pausedUntil', 0),
    expect('LabelEscrow', 'settings', [
      escrow.rejectionWindow,
      escrow.reservedDelay,
      escrow.finalDelay,
      escrow.signerDelay,
      options.escrowDepositCap,
    ]),
    expect('AccessPolicy', 'datasetRegistry', addresses.DatasetRegistry),
    expect('AccessPolicy', 'consentRegistry', addresses.ConsentRegistry),
    ...managed.map((name) => expect(name, 'authority', addresses.ParameterManager)),
    expect('ParameterManager', 'hasRole', [true, options.parameterDelay], ADMIN_ROLE, options.parameterOwner),
  ]);
}
