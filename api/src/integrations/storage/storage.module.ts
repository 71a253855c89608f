import { Global, Inject, Module } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { BLOCK_STORE, ContentStore } from './content-store.port.ts';
import { FlatStore } from './flat-store.adapter.ts';
import { GatewayController } from './gateway.controller.ts';
import { HeldStore } from './held-store.ts';
import { KuboStore } from './kubo.adapter.ts';
import { holdOldBlocks } from './old-blocks.ts';

const HELD_POOL = Symbol('HELD_POOL');

/** A pool that outlives a restart of PostgreSQL: an idle connection that the server closed is replaced when the next one is asked for. */
function heldPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 2, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return pool;
}

@Global()
@Module({
  controllers: [GatewayController],
  providers: [
    {
      provide: BLOCK_STORE,
      inject: [ENV],
      useFactory: (env: Env) => (env.IPFS_RPC_URL ? new KuboStore(env.IPFS_RPC_URL) : new FlatStore(env.STORE_DIR)),
    },
    {
      provide: HELD_POOL,
      inject: [ENV],
      useFactory: (env: Env) => heldPool(env.DATABASE_URL),
    },
    {
      provide: ContentStore,
      inject: [BLOCK_STORE, HELD_POOL],
      useFactory: (blocks: ContentStore, pool: Pool) => new HeldStore(blocks, pool),
    },
  ],
  exports: [ContentStore, BLOCK_STORE],
})
export class StorageModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    @Inject(HELD_POOL) private readonly pool: Pool,
    @Inject(BLOCK_STORE) private readonly store: ContentStore,
  ) {}

  async onModuleInit(): Promise<void> {
    await holdOldBlocks(this.store, this.pool);
  }

  onModuleDestroy(): Promise<void> {
    return this.pool.end();
  }
}
