import { Global, Module } from '@nestjs/common';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ContentStore } from './content-store.port.ts';
import { FlatStore } from './flat-store.adapter.ts';
import { GatewayController } from './gateway.controller.ts';
import { KuboStore } from './kubo.adapter.ts';

@Global()
@Module({
  controllers: [GatewayController],
  providers: [
    {
      provide: ContentStore,
      inject: [ENV],
      useFactory: (env: Env) => (env.IPFS_RPC_URL ? new KuboStore(env.IPFS_RPC_URL) : new FlatStore(env.STORE_DIR)),
    },
  ],
  exports: [ContentStore],
})
export class StorageModule {}
