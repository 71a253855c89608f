import { Inject } from '@nestjs/common';
import { Args, Mutation, Parent, Resolver, ResolveField } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import { AdjudicatorService } from './adjudicator.service.ts';
import { AppealService } from './appeal.service.ts';
import type { JobEntity } from './job.entity.ts';

@Resolver('LabelingJob')
export class AppealResolver {
  constructor(
    @Inject(AppealService) private readonly appeals: AppealService,
    @Inject(AdjudicatorService) private readonly appointed: AdjudicatorService,
  ) {}

  @Mutation()
  appealOpen(
    @CurrentAccount() account: string,
    @Args('assignmentId') assignmentId: string,
    @Args('text') text: string,
  ) {
    return this.appeals.open(account, assignmentId, text);
  }

  @Mutation()
  adjudicatorAppoint(
    @CurrentAccount() account: string,
    @Args('jobId') jobId: string,
    @Args('account') adjudicator: string,
  ) {
    return this.appointed.appoint(account, jobId, adjudicator);
  }

  @ResolveField()
  adjudicators(@Parent() job: JobEntity) {
    return this.appointed.list(job.id);
  }
}
