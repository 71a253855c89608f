import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import { LicenseService } from './license.service.ts';

@Resolver()
export class LicenseResolver {
  constructor(@Inject(LicenseService) private readonly licenses: LicenseService) {}

  @Query()
  myLicenses(@CurrentAccount() account: string) {
    return this.licenses.ofLicensee(account);
  }
}
