import { Inject } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentAccount, MaybeAccount } from '../../common/auth/current-account.decorator.ts';
import type { LabelingJobApproveInput, LabelingJobCreateInput } from '../../common/graphql/schema.generated.ts';
import type { JobEntity } from './job.entity.ts';
import type { JobState } from './job-state.ts';
import { JobService } from './job.service.ts';
import { JobStats } from './job.stats.ts';
import { adjudicationPriceOf } from './rules.ts';
import { hourlyPay } from './wage-floor.ts';

@Resolver('LabelingJob')
export class JobResolver {
  constructor(
    @Inject(JobService) private readonly jobs: JobService,
    @Inject(JobStats) private readonly stats: JobStats,
  ) {}

  @Query()
  labelingJob(@Args('id') id: string) {
    return this.jobs.find(id);
  }

  @Query()
  labelingJobs(@Args('datasetId') datasetId: string | null, @Args('state') state: JobState | null) {
    return this.jobs.list({ datasetId, state });
  }

  @Mutation()
  labelingJobCreate(@CurrentAccount() account: string, @Args('input') input: LabelingJobCreateInput) {
    return this.jobs.create(account, input);
  }

  @Mutation()
  labelingJobApprove(@Args('input') input: LabelingJobApproveInput) {
    return this.jobs.approve(input);
  }

  @Mutation()
  labelingJobClose(@CurrentAccount() account: string, @Args('jobId') jobId: string) {
    return this.jobs.close(account, jobId);
  }

  @ResolveField()
  taskCount(@Parent() job: JobEntity) {
    return this.stats.taskCount(job.id);
  }

  @ResolveField()
  resolvedCount(@Parent() job: JobEntity) {
    return this.stats.resolvedCount(job.id);
  }

  @ResolveField()
  quizSize(@Parent() job: JobEntity) {
    return job.rules.quizSize;
  }

  @ResolveField()
  adjudicationPrice(@Parent() job: JobEntity) {
    return adjudicationPriceOf(job.rules);
  }

  @ResolveField()
  wageFloor(@Parent() job: JobEntity) {
    return job.rules.wageFloor ?? '0';
  }

  @ResolveField()
  hourlyPay(@Parent() job: JobEntity) {
    return hourlyPay({ price: BigInt(job.price), milliseconds: job.measuredMs ?? job.secondsPerTask * 1_000 });
  }

  @ResolveField()
  qualification(@Parent() job: JobEntity, @MaybeAccount() account: string | null) {
    return this.stats.qualification(job.id, account);
  }
}
