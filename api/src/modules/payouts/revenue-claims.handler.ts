import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import { RevenueClaimEntity } from './revenue-claim.entity.ts';

/** Keeps one row per `Claimed` event. */
@Injectable()
export class RevenueClaimsHandler implements OnModuleInit {
  constructor(@Inject(ChainEventRegistry) private readonly events: ChainEventRegistry) {}

  onModuleInit(): void {
    this.events.on('LicenseVault', 'Claimed', async (event, manager) => {
      await manager.insert(RevenueClaimEntity, {
        blockNumber: String(event.blockNumber),
        logIndex: event.logIndex,
        txHash: event.txHash,
        datasetId: String(event.args['datasetId']),
        version: Number(event.args['version']),
        role: Number(event.args['role']),
        account: String(event.args['account']),
        payee: String(event.args['payee']),
        amount: String(event.args['amount']),
      });
    });
  }
}
