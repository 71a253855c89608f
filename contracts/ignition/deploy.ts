import { getAddress } from 'ethers';
import type { Signer } from 'ethers';
import type { ContractName } from '../abi/index.ts';
import { checkDeployment, recordOf, resolveOptions } from '../deploy/index.ts';
import type { DeployOptions, DeploymentRecord } from '../deploy/index.ts';
import { deploymentOrder } from '../deploy/plan.ts';
import { Protocol, ProtocolWithTestToken } from './modules/Protocol.ts';

/** The part of Hardhat's Ignition helper that is used. */
interface Ignition {
  deploy(
    module: typeof Protocol | typeof ProtocolWithTestToken,
    options: { parameters: Record<string, Record<string, unknown>>; defaultSender: string; displayUi: boolean },
  ): Promise<Record<ContractName, { getAddress(): Promise<string> }>>;
}

/**
 * Deploys by Hardhat Ignition, which resumes a deployment that broke off, checks the result as `deployProtocol` does, and
 * returns the record for `deployments/<chainId>.json`. Throws `DeploymentError` for what is unsafe outside development.
 */
export async function deployByIgnition(
  ignition: unknown,
  signer: Signer,
  options: Partial<DeployOptions>,
  { displayUi = false } = {},
): Promise<DeploymentRecord> {
  const { provider } = signer;
  if (provider === null) throw new TypeError('the signer has no provider');
  const chainId = Number((await provider.getNetwork()).chainId);
  const deployer = await signer.getAddress();
  const resolved = resolveOptions(chainId, deployer, options);
  const { escrow, token, guardian, parameterOwner, parameterDelay, reviewWindow, payeeDelay } = resolved;
  const { vaultDepositCap, escrowDepositCap } = resolved;
  const parameters = {
    ...{ guardian, parameterOwner, parameterDelay, reviewWindow, payeeDelay, vaultDepositCap, escrowDepositCap },
    ...escrow,
    ...(token === undefined ? {} : { token }),
  };
  const module = token === undefined ? ProtocolWithTestToken : Protocol;
  const startBlock = (await provider.getBlockNumber()) + 1;
  const deployed = await (ignition as Ignition).deploy(module, {
    parameters: { [module.id]: parameters },
    defaultSender: deployer,
    displayUi,
  });
  const addresses = {} as Record<ContractName, string>;
  for (const name of deploymentOrder) addresses[name] = getAddress(await deployed[name].getAddress());
  const deployment = { chainId, addresses, startBlock };
  await checkDeployment(provider, deployment, resolved);
  return recordOf(provider, deployment, resolved);
}
