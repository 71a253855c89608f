/**
 * `npm run deploy:keys -w @allod/contracts -- base`: once the registry has its network key, checks `deployments/<chainId>.json` against
 * the chain at `DEPLOY_RPC_URL` and writes the key into it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { JsonRpcProvider } from 'ethers';
import { DeploymentError, checkRecord, readKeyNetwork } from '../deploy/index.ts';
import type { DeploymentRecord } from '../deploy/index.ts';

const [chain] = process.argv.slice(2);
const url = process.env['DEPLOY_RPC_URL'];
if (url === undefined) throw new DeploymentError('DEPLOY_RPC_URL is not set');
if (chain !== 'base' && chain !== 'baseSepolia') throw new DeploymentError('name the chain: base or baseSepolia');
const provider = new JsonRpcProvider(url);
try {
  const { chainId } = await provider.getNetwork();
  const file = new URL(`../deployments/${chainId}.json`, import.meta.url);
  const record = JSON.parse(readFileSync(file, 'utf8')) as DeploymentRecord;
  const written = {
    ...record,
    keyNetwork: await readKeyNetwork(provider, record.contracts.KeeperRegistry.address, chain),
  };
  await checkRecord(provider, written);
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
  console.log(`checked, and the network key is in deployments/${chainId}.json`);
} finally {
  provider.destroy();
}
