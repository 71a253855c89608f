/** `npm run deploy:check -w @allod/contracts`: checks `deployments/<chainId>.json` against the chain at `DEPLOY_RPC_URL`. */
import { existsSync, readFileSync } from 'node:fs';
import { JsonRpcProvider } from 'ethers';
import { DeploymentError, checkRecord } from '../deploy/index.ts';
import type { DeploymentRecord } from '../deploy/index.ts';

const url = process.env['DEPLOY_RPC_URL'];
if (url === undefined) throw new DeploymentError('DEPLOY_RPC_URL is not set');
const provider = new JsonRpcProvider(url);
try {
  const { chainId } = await provider.getNetwork();
  const file = new URL(`../deployments/${chainId}.json`, import.meta.url);
  if (!existsSync(file)) throw new DeploymentError(`there is no deployments/${chainId}.json`);
  await checkRecord(provider, JSON.parse(readFileSync(file, 'utf8')) as DeploymentRecord);
  console.log(`deployments/${chainId}.json holds on chain ${chainId}`);
} finally {
  provider.destroy();
}
