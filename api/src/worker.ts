import 'reflect-metadata';
import { WorkerModule } from './app.module.ts';
import { ENV } from './config/config.module.ts';
import { loadEnv } from './config/env.ts';
import type { Env } from './config/env.ts';
import { migrate } from './database/migrate.ts';
import { createApp } from './http.ts';
import { ChainIndexer } from './integrations/chain/chain-indexer.ts';
import { RelayPort } from './integrations/chain/chain.port.ts';
import { OperatorKeys } from './integrations/chain/operator-keys.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { OutboxRegistry } from './jobs/outbox.registry.ts';

const RELAY_WATCH_MS = 1_000;

await migrate(loadEnv().DATABASE_URL);
const app = await createApp(WorkerModule);
const env = app.get<Env>(ENV);
await app.init();
const keys = app.get(OperatorKeys);
keys.wallet('relayer');
await keys.announce();
const indexer = app.get(ChainIndexer);
app.get(OutboxRegistry).every('chain.index', env.POLL_INTERVAL_MS, () => indexer.tick());
const relay = app.get(RelayPort);
app.get(OutboxRegistry).every('chain.relay', RELAY_WATCH_MS, () => relay.watch(env.CONFIRMATIONS));
await app.get(JobRunner).start();
await app.listen(env.WORKER_PORT, env.API_HOST);
