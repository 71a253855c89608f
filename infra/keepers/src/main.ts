/** One keeper process: `node main.ts --config <file>`. Logs JSON to stdout; SIGTERM and SIGINT stop it. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadConfig, readPassphrase } from './config.ts';
import { createKeeperServer } from './server.ts';
import { openShareFile } from './share-file.ts';

const { values } = parseArgs({ options: { config: { type: 'string' } } });
if (!values.config) throw new Error('usage: keeper --config FILE');

const config = loadConfig(values.config, process.env);
const app = await createKeeperServer(
  config,
  openShareFile(JSON.parse(readFileSync(config.shareFile, 'utf8')), readPassphrase(config)),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void app.close().then(() => process.exit(0)));
}
await app.listen({ port: config.port, host: config.host });
app.log.info(
  { singleOperator: config.singleOperator, singleRpc: config.singleRpc, chainId: config.chainId },
  'keeper listens',
);
