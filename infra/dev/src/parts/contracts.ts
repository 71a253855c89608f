import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { abis } from '@allod/contracts';
import { deployProtocol } from '@allod/contracts/deploy';
import type { Deployment, DeployOptions } from '@allod/contracts/deploy';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import type { Accounts } from '../accounts.ts';
import { CHAIN_ID } from './chain.ts';
import type { Chain } from './chain.ts';
import { rpc } from './rpc.ts';

/** What a stack may choose about its contracts; the rest is as `@allod/contracts/deploy` has it for development. */
export type Windows = Partial<Omit<DeployOptions, 'guardian' | 'parameterOwner' | 'token'>>;

/** 1,000,000 tokens of 6 decimals for each account that pays. */
const ALLOWANCE = 1_000_000n * 10n ** 6n;
const PAYING = ['requester', 'company', 'curator', 'otherCurator', 'seatUser', 'stranger'] as const;

async function isDeployed(url: string, deployment: Deployment): Promise<boolean> {
  for (const address of Object.values(deployment.addresses)) {
    if ((await rpc<string>(url, 'eth_getCode', [address, 'latest'])) === '0x') return false;
  }
  return true;
}

/** Deploys the contracts once for a data folder and gives the paying accounts their tokens. */
export async function ensureContracts(
  chain: Pick<Chain, 'url' | 'untilSaved'>,
  options: { dataDir: string; accounts: Accounts; windows: Windows },
): Promise<{ deployment: Deployment; file: string; isNew: boolean }> {
  const file = join(options.dataDir, 'deployment.json');
  if (existsSync(file)) {
    const deployment = JSON.parse(readFileSync(file, 'utf8')) as Deployment;
    if (await isDeployed(chain.url, deployment)) return { deployment, file, isNew: false };
    throw new Error(`the chain no longer holds the contracts of ${file}: start again with --fresh`);
  }
  const provider = new JsonRpcProvider(chain.url, CHAIN_ID, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    const signer = new NonceManager(new Wallet(options.accounts.deployer.privateKey, provider));
    const guardian = options.accounts.guardian.address;
    const deployment = await deployProtocol(signer, { ...options.windows, guardian });
    const token = new Contract(deployment.addresses.TestUSD, abis.TestUSD, signer);
    const mint = token.getFunction('mint');
    const minted = await Promise.all(PAYING.map((role) => mint(options.accounts[role].address, ALLOWANCE)));
    await Promise.all(minted.map((transaction: { wait: () => Promise<unknown> }) => transaction.wait()));
    await chain.untilSaved();
    writeFileSync(`${file}.new`, JSON.stringify(deployment, null, 2));
    renameSync(`${file}.new`, file);
    return { deployment, file, isNew: true };
  } finally {
    provider.destroy();
  }
}
