import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentAccount, MaybeAccount } from '../../common/auth/current-account.decorator.ts';
import type { ConsentExtendInput } from '../../common/graphql/schema.generated.ts';
import { ConsentExtensionService } from './consent-extension.service.ts';
import { WithdrawalRecordService } from './withdrawal-record.service.ts';

@Resolver()
export class ConsentResolver {
  constructor(
    @Inject(WithdrawalRecordService) private readonly records: WithdrawalRecordService,
    @Inject(ConsentExtensionService) private readonly extensions: ConsentExtensionService,
  ) {}

  @Mutation()
  consentExtend(@CurrentAccount() account: string, @Args('input') input: ConsentExtendInput) {
    return this.extensions.extend(account, input);
  }

  @Query()
  withdrawalReceipts(@CurrentAccount() account: string, @Args('datasetId') datasetId: string) {
    return this.records.receiptsOf(account, datasetId);
  }

  @Query()
  withdrawalNotices(
    @MaybeAccount() account: string | null,
    @Args('datasetId') datasetId: string,
    @Args('after') after: string | null,
  ) {
    return this.records.notices(datasetId, after ?? null, account);
  }

  @Mutation()
  withdrawalAcknowledge(@CurrentAccount() account: string, @Args('ids') ids: string[]) {
    return this.records.acknowledge(account, ids);
  }
}
