/**
 * `npm run deploy -w @allod/contracts`: deploys with the options of `ignition/parameters/<chainId>.json` (see the README
 * beside this file) and writes `deployments/<chainId>.json`. Run again, it goes on where it stopped.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { network } from 'hardhat';
import { checkRecord } from '../deploy/index.ts';
import type { DeployOptions, DeploymentRecord } from '../deploy/index.ts';
import { deployByIgnition } from './deploy.ts';

const connection = await network.create();
const { ethers, ignition } = connection;
const [signer] = await ethers.getSigners();
const chainId = Number((await ethers.provider.getNetwork()).chainId);
const parametersFile = new URL(`parameters/${chainId}.json`, import.meta.url);
const recordFile = new URL(`../deployments/${chainId}.json`, import.meta.url);

const given = existsSync(parametersFile) ? (JSON.parse(readFileSync(parametersFile, 'utf8')) as object) : {};
const options: Partial<DeployOptions> = Object.fromEntries(
  Object.entries(given).map(([name, value]) => [name, name.endsWith('DepositCap') ? BigInt(String(value)) : value]),
);
const before = existsSync(recordFile) ? (JSON.parse(readFileSync(recordFile, 'utf8')) as DeploymentRecord) : undefined;
const record = await deployByIgnition(ignition, signer!, options, { displayUi: true });
const isSame = before?.contracts.LicenseVault.address === record.contracts.LicenseVault.address;
const { keyNetwork } = before ?? {};
const written = isSame
  ? { ...record, startBlock: before.startBlock, ...(keyNetwork === undefined ? {} : { keyNetwork }) }
  : record;
await checkRecord(ethers.provider, written);
writeFileSync(recordFile, `${JSON.stringify(written, null, 2)}\n`);
console.log(`checked, and written to deployments/${chainId}.json`);
