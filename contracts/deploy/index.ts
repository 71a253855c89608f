import { ContractFactory, getAddress } from 'ethers';
import type { Provider, Signer } from 'ethers';
import bytecode from '../abi/bytecode.json' with { type: 'json' };
import { abis } from '../abi/index.ts';
import type { ContractName } from '../abi/index.ts';
import { checkDeployment } from './check.ts';
import type { Deployment } from './check.ts';
import { DeploymentError, resolveOptions } from './options.ts';
import type { DeployOptions } from './options.ts';
import { constructorArguments, deploymentOrder } from './plan.ts';

export { checkDeployment, contractAt } from './check.ts';
export type { Deployment } from './check.ts';
export {
  DEVELOPMENT_CHAIN_ID,
  DeploymentError,
  developmentOptions,
  productionOptions,
  resolveOptions,
} from './options.ts';
export type { Audit, DeployOptions, EscrowDelays, ResolvedOptions } from './options.ts';
export { readKeyNetwork } from './key-network.ts';
export type { RecordedKeyNetwork } from './key-network.ts';
export { checkRecord, recordOf } from './record.ts';
export type { DeploymentRecord } from './record.ts';

/**
 * Deploys the whole protocol from `abi/bytecode.json` and checks the result: the way of development and of tests, which
 * needs no compiler and leaves no files. Options that are not given are those of development on chain 31337, else those
 * of production. Nothing is registered. For other chains use `ignition/`, which can be resumed and leaves a record.
 *
 * @example
 * const { addresses, startBlock } = await deployProtocol(signer, { reviewWindow: 3 });
 */
export async function deployProtocol(signer: Signer, options: Partial<DeployOptions> = {}): Promise<Deployment> {
  const { provider } = signer;
  if (provider === null) throw new DeploymentError('the signer has no provider');
  const chainId = Number((await provider.getNetwork()).chainId);
  const resolved = resolveOptions(chainId, await signer.getAddress(), options);
  const addresses = {} as Record<ContractName, string>;
  let startBlock: number | undefined;

  for (const name of deploymentOrder) {
    if (name === 'TestUSD' && resolved.token !== undefined) {
      addresses[name] = resolved.token;
      continue;
    }
    const args = constructorArguments(name, resolved, (other) => addresses[other]);
    const factory = new ContractFactory(abis[name], bytecode[name], signer);
    const { hash } = await signer.sendTransaction(await factory.getDeployTransaction(...args));
    const receipt = await waitForReceipt(provider, hash);
    if (receipt.status !== 1 || receipt.contractAddress === null) throw new DeploymentError(`${name} did not deploy`);
    startBlock ??= receipt.blockNumber;
    addresses[name] = getAddress(receipt.contractAddress);
  }
  const deployment: Deployment = { chainId, addresses, startBlock: startBlock ?? 0 };
  await checkDeployment(provider, deployment, resolved);
  return deployment;
}

/** Polls for a receipt faster than a provider's own 4 s interval. */
async function waitForReceipt(provider: Provider, hash: string) {
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 2000)) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
