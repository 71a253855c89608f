import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import { ClaimsService } from './claims.service.ts';
import { EarningsService } from './earnings.service.ts';
import type { Statement } from './earnings.service.ts';
import { earningsFeed } from './earnings-feed.ts';
import { VoucherService } from './voucher.service.ts';

@Resolver('Earnings')
export class PayoutResolver {
  constructor(
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(VoucherService) private readonly vouchers: VoucherService,
    @Inject(ClaimsService) private readonly claimsService: ClaimsService,
  ) {}

  @Query()
  claims(@Args('account') account: string) {
    return this.claimsService.claims(account);
  }

  @ResolveField()
  withdrawable(@Parent() statement: Statement) {
    return statement.earned > statement.withdrawn ? statement.earned - statement.withdrawn : 0n;
  }

  @ResolveField()
  voucher(@Parent() statement: Statement) {
    return this.vouchers.voucherOf(statement);
  }

  @Subscription()
  earningsChanged(@Args('jobId') jobId: string, @CurrentAccount() account: string) {
    return earningsFeed(this.earnings, jobId, account);
  }
}
