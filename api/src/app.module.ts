import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { ConfigModule, ENV } from './config/config.module.ts';
import type { Env } from './config/env.ts';
import { DatabaseModule } from './database/database.module.ts';
import { graphqlModule } from './graphql.module.ts';
import { HealthModule } from './health/health.module.ts';
import { ChainModule } from './integrations/chain/chain.module.ts';
import { SignerModule } from './integrations/signer/signer.module.ts';
import { StorageModule } from './integrations/storage/storage.module.ts';
import { JobsModule } from './jobs/jobs.module.ts';
import { AccessModule } from './modules/access/access.module.ts';
import { AccountsModule } from './modules/accounts/accounts.module.ts';
import { ContributionsModule } from './modules/contributions/contributions.module.ts';
import { DatasetsModule } from './modules/datasets/datasets.module.ts';
import { LabelingModule } from './modules/labeling/labeling.module.ts';
import { LicensingModule } from './modules/licensing/licensing.module.ts';
import { PayoutsModule } from './modules/payouts/payouts.module.ts';

const foundation = [
  ConfigModule,
  LoggerModule.forRootAsync({
    inject: [ENV],
    useFactory: (env: Env) => ({
      pinoHttp: {
        level: env.LOG_LEVEL,
        autoLogging: false,
        redact: ['req.headers.authorization'],
      },
    }),
  }),
  DatabaseModule,
  JobsModule,
  ChainModule,
  SignerModule,
  StorageModule,
  HealthModule,
];

/** Every feature module, named once; each registers its own entities, jobs and chain events. */
const features = [
  AccountsModule,
  AccessModule,
  ContributionsModule,
  DatasetsModule,
  PayoutsModule,
  LicensingModule,
  LabelingModule,
];

/** The http process: GraphQL, uploads, gateway. */
@Module({ imports: [...foundation, ...features, graphqlModule()] })
export class AppModule {}

/** The worker: outbox, chain index, repeated jobs; resolvers are there but nothing serves them. */
@Module({ imports: [...foundation, ...features] })
export class WorkerModule {}
