import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.ts';
import { AccountsModule } from '../accounts/accounts.module.ts';
import { AnchorContributionsJob } from './anchor-contributions.job.ts';
import { BlockKeepingJob } from './block-keeping.job.ts';
import { BlockOwnerEntity } from './block-owner.entity.ts';
import { BlocksController } from './blocks.controller.ts';
import { CommitService } from './commit.service.ts';
import { ConsentExtensionService } from './consent-extension.service.ts';
import { ConsentEntity } from './consent.entity.ts';
import { ConsentResolver } from './consent.resolver.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { ContributionFeed } from './contribution-feed.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionResolver } from './contribution.resolver.ts';
import { ContributionService } from './contribution.service.ts';
import { IntakeEntity } from './intake.entity.ts';
import { IntakeService } from './intake.service.ts';
import { LateItemsService } from './late-items.service.ts';
import { NonceService } from './nonce.service.ts';
import { OpenLabels } from './open-labels.ts';
import { ReceiptService } from './receipt.service.ts';
import { RewrapService } from './rewrap.service.ts';
import { SupersededLeafEntity } from './superseded-leaf.entity.ts';
import { UploadDoor } from './upload-door.ts';
import { UploadService } from './upload.service.ts';
import { WithdrawalRecordService } from './withdrawal-record.service.ts';
import { WithdrawalService } from './withdrawal.service.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([
      BlockOwnerEntity,
      ConsentEntity,
      ContributionBatchEntity,
      ContributionEntity,
      IntakeEntity,
      SupersededLeafEntity,
    ]),
    AccessModule,
    AccountsModule,
  ],
  controllers: [BlocksController],
  providers: [
    AnchorContributionsJob,
    BlockKeepingJob,
    CommitService,
    ConsentExtensionService,
    ContributionFeed,
    ContributionResolver,
    ContributionService,
    IntakeService,
    LateItemsService,
    NonceService,
    OpenLabels,
    ReceiptService,
    RewrapService,
    UploadDoor,
    UploadService,
    WithdrawalRecordService,
    ConsentResolver,
    WithdrawalService,
  ],
  exports: [ContributionService, IntakeService, NonceService, OpenLabels, ReceiptService, UploadService],
})
export class ContributionsModule {}
