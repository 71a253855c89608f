import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.ts';
import { ContributionsModule } from '../contributions/contributions.module.ts';
import { CandidateService } from './candidate.service.ts';
import { DatasetEventsHandler } from './dataset-events.handler.ts';
import { DatasetVersionEntity } from './dataset-version.entity.ts';
import { DatasetEntity } from './dataset.entity.ts';
import { DatasetResolver, DatasetVersionResolver } from './dataset.resolver.ts';
import { DatasetService } from './dataset.service.ts';
import { DocumentsService } from './documents.service.ts';
import { LabelSets } from './label-set.provider.ts';
import { OfferEntity } from './offer.entity.ts';
import { VersionService } from './version.service.ts';

@Module({
  imports: [
    TypeOrmModule.forFeature([DatasetEntity, OfferEntity, DatasetVersionEntity]),
    AccessModule,
    ContributionsModule,
  ],
  providers: [
    CandidateService,
    DatasetEventsHandler,
    DatasetResolver,
    DatasetService,
    DatasetVersionResolver,
    DocumentsService,
    LabelSets,
    VersionService,
  ],
  exports: [DatasetService, DocumentsService, LabelSets],
})
export class DatasetsModule {}
