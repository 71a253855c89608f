import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainEventRegistry } from './chain-event.registry.ts';
import { ChainIndexer } from './chain-indexer.ts';
import { ChainPort, RelayPort } from './chain.port.ts';
import { EthersChain } from './ethers-chain.adapter.ts';
import { OperatorKeys } from './operator-keys.ts';
import { NoRelay, Relayer } from './relayer.ts';

@Global()
@Module({
  providers: [
    ChainEventRegistry,
    ChainIndexer,
    OperatorKeys,
    { provide: ChainPort, inject: [ENV], useFactory: (env: Env) => new EthersChain(env) },
    {
      provide: RelayPort,
      inject: [ChainPort, DataSource, OperatorKeys],
      useFactory: (chain: EthersChain, source: DataSource, keys: OperatorKeys) =>
        keys.has('relayer') ? new Relayer(chain, source, keys.wallet('relayer')) : new NoRelay(),
    },
  ],
  exports: [ChainEventRegistry, ChainIndexer, OperatorKeys, ChainPort, RelayPort],
})
export class ChainModule {}
