import { Contract, ContractFactory, ZeroAddress, getAddress } from 'ethers';
import type { ContractRunner, Provider, Signer } from 'ethers';
import bytecode from '../abi/bytecode.json' with { type: 'json' };
import { abis } from '../abi/index.ts';
import type { ContractName } from '../abi/index.ts';

/** The chain id of a development chain; the only one on which short windows and the test token are allowed. */
export const DEVELOPMENT_CHAIN_ID = 31_337;

/** The role of the parameter manager's owner. */
const ADMIN_ROLE = 0;

/** The contracts with parameters that can change. */
const managed = ['DatasetRegistry', 'LicenseVault', 'LabelEscrow', 'KeeperRegistry'] as const;

/** Delays of the label escrow in seconds. */
export interface EscrowDelays {
  /** How long a signer may reject a claimed lease. */
  rejectionWindow: number;
  /** From close until money that was never reserved is refunded. */
  reservedDelay: number;
  /** From close until everything unpaid is refunded. */
  finalDelay: number;
  /** Until a new signer takes over. */
  signerDelay: number;
}

/** What a deployment fixes for ever. */
export interface DeployOptions {
  /** Seconds between publication and opening of a version. */
  reviewWindow: number;
  /** Seconds until a later payee or recovery account takes effect. */
  payeeDelay: number;
  /** Delays of the label escrow. */
  escrow: EscrowDelays;
  /** The most, in base units, that the vault may hold after a purchase. */
  vaultDepositCap: bigint;
  /** The most, in base units, that the escrow may hold after a job is created. */
  escrowDepositCap: bigint;
  /** May object to versions, pause new money for 30 days, hold packs; default: the deployer. */
  guardian?: string;
  /** May change the few parameters, each after `parameterDelay`; default: the deployer. */
  parameterOwner?: string;
  /** Seconds between scheduling and change of a parameter. */
  parameterDelay: number;
  /** An existing payment token; required outside development, where the test token is deployed without it. */
  token?: string;
}

/** A finished deployment. */
export interface Deployment {
  chainId: number;
  addresses: Record<ContractName, string>;
  /** The block of the first deployment: indexers start here. */
  startBlock: number;
}

const hours = 3600;
const days = 24 * hours;

/** Windows of a production deployment. */
export const productionOptions: DeployOptions = {
  reviewWindow: 72 * hours,
  parameterDelay: 7 * days,
  payeeDelay: 7 * days,
  escrow: { rejectionWindow: 3 * days, reservedDelay: 7 * days, finalDelay: 30 * days, signerDelay: 7 * days },
  vaultDepositCap: 100_000_000_000n,
  escrowDepositCap: 100_000_000_000n,
};

/** Windows of seconds, for a chain on the own machine. */
export const developmentOptions: DeployOptions = {
  reviewWindow: 2,
  parameterDelay: 0,
  payeeDelay: 10,
  escrow: { rejectionWindow: 5, reservedDelay: 10, finalDelay: 20, signerDelay: 5 },
  vaultDepositCap: 1_000_000_000_000_000n,
  escrowDepositCap: 1_000_000_000_000_000n,
};

/** Thrown when a deployment would be unsafe, or did not come out as asked. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}

/**
 * Deploys the whole protocol and checks the result. Options that are not given are those of development on chain
 * 31337, else those of production. Nothing is registered.
 *
 * @example
 * const { addresses, startBlock } = await deployProtocol(signer, { reviewWindow: 3 });
 */
export async function deployProtocol(signer: Signer, options: Partial<DeployOptions> = {}): Promise<Deployment> {
  const { provider } = signer;
  if (provider === null) throw new DeploymentError('the signer has no provider');
  const chainId = Number((await provider.getNetwork()).chainId);
  const isDevelopment = chainId === DEVELOPMENT_CHAIN_ID;
  const merged: DeployOptions = { ...(isDevelopment ? developmentOptions : productionOptions), ...options };
  if (!isDevelopment) refuseUnsafe(merged);

  const deployer = await signer.getAddress();
  const guardian = getAddress(merged.guardian ?? deployer);
  const parameterOwner = getAddress(merged.parameterOwner ?? deployer);
  let startBlock: number | undefined;

  const deploy = async (name: ContractName, args: readonly unknown[]): Promise<string> => {
    const factory = new ContractFactory(abis[name], bytecode[name], signer);
    const request = await factory.getDeployTransaction(...args);
    const { hash } = await signer.sendTransaction(request);
    const receipt = await waitForReceipt(provider, hash);
    if (receipt.status !== 1 || receipt.contractAddress === null) throw new DeploymentError(`${name} did not deploy`);
    startBlock ??= receipt.blockNumber;
    return getAddress(receipt.contractAddress);
  };

  const TestUSD = merged.token === undefined ? await deploy('TestUSD', []) : getAddress(merged.token);
  const ParameterManager = await deploy('ParameterManager', [parameterOwner, merged.parameterDelay]);
  const DatasetRegistry = await deploy('DatasetRegistry', [guardian, merged.reviewWindow, ParameterManager]);
  const ConsentRegistry = await deploy('ConsentRegistry', [merged.payeeDelay]);
  const ContributionRegistry = await deploy('ContributionRegistry', [ConsentRegistry]);
  const LicenseVault = await deploy('LicenseVault', [
    TestUSD,
    DatasetRegistry,
    ConsentRegistry,
    guardian,
    merged.vaultDepositCap,
    ParameterManager,
  ]);
  const LabelEscrow = await deploy('LabelEscrow', [
    TestUSD,
    DatasetRegistry,
    guardian,
    { ...merged.escrow, depositCap: merged.escrowDepositCap },
    ParameterManager,
  ]);
  const AccessPolicy = await deploy('AccessPolicy', [DatasetRegistry, ConsentRegistry]);
  const KeeperRegistry = await deploy('KeeperRegistry', [ParameterManager]);

  const deployment: Deployment = {
    chainId,
    addresses: {
      TestUSD,
      DatasetRegistry,
      ConsentRegistry,
      ContributionRegistry,
      LicenseVault,
      LabelEscrow,
      AccessPolicy,
      KeeperRegistry,
      ParameterManager,
    },
    startBlock: startBlock ?? 0,
  };
  await checkDeployment(provider, deployment, { ...merged, guardian, parameterOwner });
  return deployment;
}

/** Reads every contract back and throws unless all of them are there and wired to each other as asked. */
export async function checkDeployment(
  provider: Provider,
  { addresses }: Deployment,
  options: DeployOptions & { guardian: string; parameterOwner: string },
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
    expect('LabelEscrow', 'token', addresses.TestUSD),
    expect('LabelEscrow', 'datasetRegistry', addresses.DatasetRegistry),
    expect('LabelEscrow', 'guardian', options.guardian),
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

/** A contract of the protocol at an address. */
export function contractAt(name: ContractName, address: string, runner: ContractRunner | null): Contract {
  return new Contract(address, abis[name], runner);
}

function refuseUnsafe(options: DeployOptions): void {
  if (options.token === undefined || options.token === ZeroAddress) {
    throw new DeploymentError('outside development a payment token must be named');
  }
  if (options.reviewWindow < productionOptions.reviewWindow) {
    throw new DeploymentError(`outside development the review window is at least ${productionOptions.reviewWindow} s`);
  }
  if (options.parameterDelay < productionOptions.parameterDelay) {
    throw new DeploymentError(
      `outside development the delay of parameters is at least ${productionOptions.parameterDelay} s`,
    );
  }
  if (options.payeeDelay < productionOptions.payeeDelay) {
    throw new DeploymentError(`outside development the payee delay is at least ${productionOptions.payeeDelay} s`);
  }
  for (const [name, least] of Object.entries(productionOptions.escrow) as [keyof EscrowDelays, number][]) {
    if (options.escrow[name] < least) {
      throw new DeploymentError(`outside development ${name} of the escrow is at least ${least} s`);
    }
  }
}

/** Polls for a receipt faster than a provider's own 4 s interval. */
async function waitForReceipt(provider: Provider, hash: string) {
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 2000)) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
