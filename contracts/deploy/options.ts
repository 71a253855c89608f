import { ZeroAddress, getAddress } from 'ethers';

/** The chain id of a development chain; the only one on which short windows and the test token are allowed. */
export const DEVELOPMENT_CHAIN_ID = 31_337;

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

/** An external audit of the deployed sources. Naming one allows deposit caps above those of production. */
export interface Audit {
  /** Who audited. */
  by: string;
  /** Where the report is. */
  report: string;
  /** The commit that was audited. */
  commit: string;
}

/** What a deployment fixes for ever, and what the parameter manager starts with. */
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
  /** Lifts the limit on deposit caps. */
  audit?: Audit | null;
}

/** Options with nothing left open but the token, which development deploys itself. */
export interface ResolvedOptions extends DeployOptions {
  guardian: string;
  parameterOwner: string;
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
 * Fills in what is not given: the windows of development on chain 31337, else those of production, and the deployer as
 * guardian and owner. Throws `DeploymentError` for anything unsafe outside development.
 */
export function resolveOptions(chainId: number, deployer: string, options: Partial<DeployOptions>): ResolvedOptions {
  const isDevelopment = chainId === DEVELOPMENT_CHAIN_ID;
  const merged = { ...(isDevelopment ? developmentOptions : productionOptions), ...options };
  if (!isDevelopment) refuseUnsafe(merged);
  return {
    ...merged,
    guardian: getAddress(merged.guardian ?? deployer),
    parameterOwner: getAddress(merged.parameterOwner ?? deployer),
    ...(merged.token === undefined ? {} : { token: getAddress(merged.token) }),
  };
}

function refuseUnsafe(options: DeployOptions): void {
  const refuse = (isBad: boolean, rule: string): void => {
    if (isBad) throw new DeploymentError(`outside development ${rule}`);
  };
  const least = productionOptions;
  refuse(options.token === undefined || options.token === ZeroAddress, 'a payment token must be named');
  refuse(options.reviewWindow < least.reviewWindow, `the review window is at least ${least.reviewWindow} s`);
  refuse(
    options.parameterDelay < least.parameterDelay,
    `the delay of parameters is at least ${least.parameterDelay} s`,
  );
  refuse(options.payeeDelay < least.payeeDelay, `the payee delay is at least ${least.payeeDelay} s`);
  for (const [name, seconds] of Object.entries(least.escrow) as [keyof EscrowDelays, number][]) {
    refuse(options.escrow[name] < seconds, `${name} of the escrow is at least ${seconds} s`);
  }
  for (const name of ['vaultDepositCap', 'escrowDepositCap'] as const) {
    const isAbove = options[name] > least[name];
    refuse(isAbove && !options.audit, `${name} is at most ${least[name]} until an audit is named`);
  }
}
