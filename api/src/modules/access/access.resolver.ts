import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import { AccessService } from './access.service.ts';

@Resolver()
export class AccessResolver {
  constructor(@Inject(AccessService) private readonly access: AccessService) {}

  @Query()
  ownerKeys(@CurrentAccount() account: string, @Args('datasetId') datasetId: string) {
    return this.access.ownerKeys(account, datasetId);
  }
}
