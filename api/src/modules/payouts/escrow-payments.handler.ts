import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import { EarningsService } from './earnings.service.ts';

/** What the escrow paid to labelers: by voucher, or by a claimed lease that nobody rejected. */
@Injectable()
export class EscrowPaymentsHandler implements OnModuleInit {
  constructor(
    @Inject(ChainEventRegistry) private readonly events: ChainEventRegistry,
    @Inject(EarningsService) private readonly earnings: EarningsService,
  ) {}

  onModuleInit(): void {
    for (const name of ['VoucherRedeemed', 'LeaseFinalized']) {
      this.events.on('LabelEscrow', name, ({ args }, manager) =>
        this.earnings.withdraw(manager, String(args['jobId']), String(args['labeler']), BigInt(String(args['amount']))),
      );
    }
  }
}
