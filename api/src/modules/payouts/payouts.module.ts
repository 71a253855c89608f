import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CapLeafEntity } from './cap-leaf.entity.ts';
import { CapTablesJob } from './cap-tables.job.ts';
import { ClaimsService } from './claims.service.ts';
import { EarningAccountEntity } from './earning-account.entity.ts';
import { EarningEntity } from './earning.entity.ts';
import { EarningsService } from './earnings.service.ts';
import { EscrowPaymentsHandler } from './escrow-payments.handler.ts';
import { PayoutResolver } from './payout.resolver.ts';
import { RevenueClaimEntity } from './revenue-claim.entity.ts';
import { RevenueClaimsHandler } from './revenue-claims.handler.ts';
import { VoucherPolicy } from './voucher.policy.ts';
import { VoucherService } from './voucher.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([EarningEntity, EarningAccountEntity, CapLeafEntity, RevenueClaimEntity])],
  providers: [
    EarningsService,
    VoucherPolicy,
    VoucherService,
    EscrowPaymentsHandler,
    CapTablesJob,
    RevenueClaimsHandler,
    ClaimsService,
    PayoutResolver,
  ],
  exports: [EarningsService],
})
export class PayoutsModule {}
