import { Inject } from '@nestjs/common';
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { JobService } from './job.service.ts';

/** Datasets do not know jobs; labeling adds the field. */
@Resolver('Dataset')
export class DatasetJobsResolver {
  constructor(@Inject(JobService) private readonly jobs: JobService) {}

  @ResolveField()
  openJobs(@Parent() dataset: { id: string }) {
    return this.jobs.list({ datasetId: dataset.id, state: 'OPEN' });
  }
}
