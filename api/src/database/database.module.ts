import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ENV } from '../config/config.module.ts';
import type { Env } from '../config/env.ts';

/** One pool per process; entities come from each module's `TypeOrmModule.forFeature`, the schema from migrations only. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [ENV],
      useFactory: (env: Env) => ({
        type: 'postgres' as const,
        url: env.DATABASE_URL,
        autoLoadEntities: true,
        synchronize: false,
        poolSize: env.DATABASE_POOL,
        retryAttempts: 3,
      }),
    }),
  ],
})
export class DatabaseModule {}
