import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.ts';
import { ContributionsModule } from '../contributions/contributions.module.ts';
import { DatasetsModule } from '../datasets/datasets.module.ts';
import { PayoutsModule } from '../payouts/payouts.module.ts';
import { AdjudicatorEntity } from './adjudicator.entity.ts';
import { AdjudicatorService } from './adjudicator.service.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { AnnotationService } from './annotation.service.ts';
import { AppealEntity } from './appeal.entity.ts';
import { AppealResolver } from './appeal.resolver.ts';
import { AppealService } from './appeal.service.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { AssignmentRepository } from './assignment.repository.ts';
import { AssignmentResolver } from './assignment.resolver.ts';
import { AssignmentService } from './assignment.service.ts';
import { AssignmentViews } from './assignment.views.ts';
import { DatasetJobsResolver } from './dataset-jobs.resolver.ts';
import { LabelerEarningsResolver } from './earnings.resolver.ts';
import { EscrowEventsHandler } from './escrow-events.handler.ts';
import { EscrowJob } from './escrow.job.ts';
import { JobEntity } from './job.entity.ts';
import { JobResolver } from './job.resolver.ts';
import { JobService } from './job.service.ts';
import { JobStats } from './job.stats.ts';
import { LabelItems } from './label-items.ts';
import { LabelSetJob } from './label-set.job.ts';
import { LabelSetService } from './label-set.service.ts';
import { LeaseExpiryService } from './lease-expiry.service.ts';
import { LeasePolicy } from './lease.policy.ts';
import { NetworkKey } from './network-key.ts';
import { OutcomeService } from './outcome.service.ts';
import { QualificationEntity } from './qualification.entity.ts';
import { QuizItemEntity } from './quiz-item.entity.ts';
import { QuizResolver } from './quiz.resolver.ts';
import { QuizService } from './quiz.service.ts';
import { ReceiptPolicy } from './receipt.policy.ts';
import { RejectionPolicy } from './rejection.policy.ts';
import { RejectLeaseJob } from './reject-lease.job.ts';
import { VotesPublisher } from './recompute/votes.publisher.ts';
import { ReserveService } from './reserve.service.ts';
import { SettlementReader } from './settlement.reader.ts';
import { SettlementRunner } from './settlement.runner.ts';
import { SettlementService } from './settlement.service.ts';
import { SettlementWriter } from './settlement.writer.ts';
import { SkillService } from './skill.service.ts';
import { TaskEntity } from './task.entity.ts';
import { TaskService } from './task.service.ts';
import { WageFloorService } from './wage-floor.service.ts';

const entities = [
  JobEntity,
  QuizItemEntity,
  QualificationEntity,
  TaskEntity,
  AssignmentEntity,
  AnnotationEntity,
  AppealEntity,
  AdjudicatorEntity,
];

@Module({
  imports: [TypeOrmModule.forFeature(entities), AccessModule, ContributionsModule, DatasetsModule, PayoutsModule],
  providers: [
    LabelItems,
    JobService,
    JobStats,
    JobResolver,
    DatasetJobsResolver,
    QuizService,
    QuizResolver,
    TaskService,
    ReserveService,
    EscrowJob,
    EscrowEventsHandler,
    AssignmentRepository,
    AssignmentViews,
    AssignmentService,
    AssignmentResolver,
    AnnotationService,
    LeasePolicy,
    ReceiptPolicy,
    RejectionPolicy,
    RejectLeaseJob,
    LeaseExpiryService,
    WageFloorService,
    SettlementReader,
    SettlementRunner,
    SettlementWriter,
    SettlementService,
    SkillService,
    AppealService,
    AdjudicatorService,
    AppealResolver,
    OutcomeService,
    LabelerEarningsResolver,
    VotesPublisher,
    NetworkKey,
    LabelSetJob,
    LabelSetService,
  ],
})
export class LabelingModule {}
