import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';
import type { Artifact, ContractFuture, IgnitionModuleBuilder } from '@nomicfoundation/ignition-core';
import bytecode from '../../abi/bytecode.json' with { type: 'json' };
import { abis } from '../../abi/index.ts';
import type { ContractName } from '../../abi/index.ts';
import { constructorArguments, deploymentOrder } from '../../deploy/plan.ts';
import type { PlanValues } from '../../deploy/plan.ts';

/** The published ABI and bytecode of `@allod/contracts`: what is deployed is what everybody can compile and compare. */
function artifactOf(name: ContractName): Artifact {
  return {
    _format: 'hh3-artifact-1',
    contractName: name,
    sourceName: `src/${name}.sol`,
    abi: abis[name],
    bytecode: bytecode[name],
    deployedBytecode: '0x',
    linkReferences: {},
    deployedLinkReferences: {},
  };
}

function parametersOf(m: IgnitionModuleBuilder): PlanValues {
  return {
    guardian: m.getParameter('guardian'),
    parameterOwner: m.getParameter('parameterOwner'),
    parameterDelay: m.getParameter('parameterDelay'),
    reviewWindow: m.getParameter('reviewWindow'),
    payeeDelay: m.getParameter('payeeDelay'),
    escrow: {
      rejectionWindow: m.getParameter('rejectionWindow'),
      reservedDelay: m.getParameter('reservedDelay'),
      finalDelay: m.getParameter('finalDelay'),
      signerDelay: m.getParameter('signerDelay'),
    },
    vaultDepositCap: m.getParameter('vaultDepositCap'),
    escrowDepositCap: m.getParameter('escrowDepositCap'),
  };
}

type Futures = Record<ContractName, ContractFuture<string>>;

function deployAll(m: IgnitionModuleBuilder, token: (m: IgnitionModuleBuilder) => Futures['TestUSD']): Futures {
  const values = parametersOf(m);
  const futures = { TestUSD: token(m) } as Futures;
  for (const name of deploymentOrder.filter((other) => other !== 'TestUSD')) {
    const args = constructorArguments(name, values, (other) => futures[other]);
    futures[name] = m.contract(name, artifactOf(name), args as Parameters<typeof m.contract>[2]);
  }
  return futures;
}

/** The protocol with the payment token at the address in parameter `token`. */
export const Protocol = buildModule('Protocol', (m) =>
  deployAll(m, () => m.contractAt('TestUSD', artifactOf('TestUSD'), m.getParameter('token'))),
);

/** The protocol with a test token of its own, for development chains. */
export const ProtocolWithTestToken = buildModule('ProtocolWithTestToken', (m) =>
  deployAll(m, () => m.contract('TestUSD', artifactOf('TestUSD'), [])),
);

export default Protocol;
