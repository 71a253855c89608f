import 'reflect-metadata';
import { AppModule } from './app.module.ts';
import { ENV } from './config/config.module.ts';
import { loadEnv } from './config/env.ts';
import type { Env } from './config/env.ts';
import { migrate } from './database/migrate.ts';
import { allowedOrigins, createApp } from './http.ts';
import { OperatorKeys } from './integrations/chain/operator-keys.ts';

/** This process answers the internet: it holds neither chain nor voucher keys, even where it is given their files. */
delete process.env['RELAYER_KEY_FILE'];
delete process.env['JOB_SIGNER_KEY_FILE'];

await migrate(loadEnv().DATABASE_URL);
const app = await createApp(AppModule);
const env = app.get<Env>(ENV);
app.enableCors({ origin: allowedOrigins(env), methods: ['GET', 'POST', 'PUT'] });
const keys = app.get(OperatorKeys);
keys.wallet('receipt');
await keys.announce();
await app.listen(env.API_PORT, env.API_HOST);
