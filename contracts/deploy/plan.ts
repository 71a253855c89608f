import type { ContractName } from '../abi/index.ts';

/** What the constructors take: values, or stand-ins for them while a deployment is only described. */
export interface PlanValues {
  guardian: unknown;
  parameterOwner: unknown;
  parameterDelay: unknown;
  reviewWindow: unknown;
  payeeDelay: unknown;
  escrow: { rejectionWindow: unknown; reservedDelay: unknown; finalDelay: unknown; signerDelay: unknown };
  vaultDepositCap: unknown;
  escrowDepositCap: unknown;
}

type Arguments = (values: PlanValues, at: (name: ContractName) => unknown) => unknown[];

/**
 * The arguments of every constructor, in the order of deployment. Both ways to deploy, and the record of what was
 * deployed, take them from here.
 */
const constructors: Record<ContractName, Arguments> = {
  TestUSD: () => [],
  ParameterManager: (values) => [values.parameterOwner, values.parameterDelay],
  DatasetRegistry: (values, at) => [values.guardian, values.reviewWindow, at('ParameterManager')],
  ConsentRegistry: (values) => [values.payeeDelay],
  ContributionRegistry: (_, at) => [at('ConsentRegistry')],
  LicenseVault: (values, at) => [
    at('TestUSD'),
    at('DatasetRegistry'),
    at('ConsentRegistry'),
    values.guardian,
    values.vaultDepositCap,
    at('ParameterManager'),
  ],
  LabelEscrow: (values, at) => [
    at('TestUSD'),
    at('DatasetRegistry'),
    values.guardian,
    { ...values.escrow, depositCap: values.escrowDepositCap },
    at('ParameterManager'),
  ],
  AccessPolicy: (_, at) => [at('DatasetRegistry'), at('ConsentRegistry')],
  KeeperRegistry: (_, at) => [at('ParameterManager')],
};

/** Every contract in the order of deployment; `TestUSD` stands for the payment token. */
export const deploymentOrder = Object.keys(constructors) as ContractName[];

/** The arguments of a contract's constructor. `at` answers with the address of a contract that was deployed before. */
export function constructorArguments(
  name: ContractName,
  values: PlanValues,
  at: (name: ContractName) => unknown,
): unknown[] {
  return constructors[name](values, at);
}
