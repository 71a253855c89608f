import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DatasetsModule } from '../datasets/datasets.module.ts';
import { CappedLeafEntity } from './capped-leaf.entity.ts';
import { LicensePurchaseEntity } from './license-purchase.entity.ts';
import { LicenseEntity } from './license.entity.ts';
import { LicenseResolver } from './license.resolver.ts';
import { LicenseService } from './license.service.ts';
import { OnLicensePurchasedHandler } from './on-license-purchased.handler.ts';

@Module({
  imports: [TypeOrmModule.forFeature([LicenseEntity, LicensePurchaseEntity, CappedLeafEntity]), DatasetsModule],
  providers: [LicenseService, LicenseResolver, OnLicensePurchasedHandler],
})
export class LicensingModule {}
