/** Writes `src/keys/networks.generated.ts`: the networks that the SDK ships, from the records in `contracts/deployments`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { type DeploymentRecord, networksOf, sourceOf } from './network-table.ts';

const folder = new URL('../../contracts/deployments/', import.meta.url);
const target = fileURLToPath(new URL('../src/keys/networks.generated.ts', import.meta.url));
const records = readdirSync(folder)
  .filter((name) => /^\d+\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as DeploymentRecord);
const config = fileURLToPath(new URL('../../infra/config/prettier.config.mjs', import.meta.url));
writeFileSync(
  target,
  await format(sourceOf(networksOf(records)), { ...(await resolveConfig(target, { config })), filepath: target }),
);
