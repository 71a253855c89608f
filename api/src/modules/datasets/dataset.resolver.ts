import { Inject } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { DataSource } from 'typeorm';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import { ContributionService } from '../contributions/contribution.service.ts';
import { IntakeService } from '../contributions/intake.service.ts';
import { DatasetVersionEntity } from './dataset-version.entity.ts';
import { DatasetEntity } from './dataset.entity.ts';
import { DatasetService, versionState } from './dataset.service.ts';
import { VersionService } from './version.service.ts';

@Resolver('Dataset')
export class DatasetResolver {
  constructor(
    @Inject(DatasetService) private readonly datasets: DatasetService,
    @Inject(VersionService) private readonly versionsOf: VersionService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
    @Inject(DataSource) private readonly source: DataSource,
  ) {}

  @Query()
  dataset(@Args('id') id: string) {
    return this.datasets.find(id);
  }

  @Query('datasets')
  list(
    @Args('search') search?: string,
    @Args('curator') curator?: string,
    @Args('first') first?: number,
    @Args('after') after?: string,
  ) {
    return this.datasets.list({
      search: search ?? null,
      curator: curator ?? null,
      first: first ?? null,
      after: after ?? null,
    });
  }

  @Mutation()
  intakeClose(@CurrentAccount() account: string, @Args('datasetId') datasetId: string) {
    return this.versionsOf.closeIntake(account, datasetId);
  }

  @Mutation()
  versionPrepare(@CurrentAccount() account: string, @Args('datasetId') datasetId: string) {
    return this.versionsOf.prepare(account, datasetId);
  }

  @ResolveField()
  async openIntake(@Parent() dataset: DatasetEntity) {
    return (await this.intakes.find(this.source.manager, dataset.id))?.openIntake;
  }

  @ResolveField()
  async sources(@Parent() dataset: DatasetEntity) {
    return (await this.intakes.find(this.source.manager, dataset.id))?.sources;
  }

  @ResolveField()
  offers(@Parent() dataset: DatasetEntity) {
    return this.datasets.offers(dataset.id);
  }

  @ResolveField()
  versions(@Parent() dataset: DatasetEntity) {
    return this.datasets.versions(dataset.id);
  }

  @ResolveField()
  latestVersion(@Parent() dataset: DatasetEntity) {
    return this.datasets.latestVersion(dataset.id);
  }

  @ResolveField()
  contributionCount(@Parent() dataset: DatasetEntity) {
    return this.contributions.count(dataset.id);
  }
}

@Resolver('DatasetVersion')
export class DatasetVersionResolver {
  @ResolveField()
  state(@Parent() version: DatasetVersionEntity) {
    return versionState(version);
  }
}
