import { Inject } from '@nestjs/common';
import { Args, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import type {
  ConsentWithdrawInput,
  ContributionCommitInput,
  ContributionRewrapInput,
  ContributionUploadBeginInput,
  ContributionWithdrawInput,
} from '../../common/graphql/schema.generated.ts';
import { CommitService } from './commit.service.ts';
import { ContributionFeed } from './contribution-feed.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionService } from './contribution.service.ts';
import { LateItemsService } from './late-items.service.ts';
import { RewrapService } from './rewrap.service.ts';
import { UploadService } from './upload.service.ts';
import { WithdrawalService } from './withdrawal.service.ts';

@Resolver('Contribution')
export class ContributionResolver {
  constructor(
    @Inject(ContributionService) private readonly contributions: ContributionService,
    @Inject(UploadService) private readonly uploads: UploadService,
    @Inject(CommitService) private readonly commits: CommitService,
    @Inject(WithdrawalService) private readonly withdrawals: WithdrawalService,
    @Inject(LateItemsService) private readonly late: LateItemsService,
    @Inject(RewrapService) private readonly rewraps: RewrapService,
    @Inject(ContributionFeed) private readonly feed: ContributionFeed,
  ) {}

  @Query()
  contribution(@Args('id') id: string) {
    return this.contributions.find(id);
  }

  @Query()
  myContributions(
    @CurrentAccount() account: string,
    @Args('datasetId') datasetId?: string,
    @Args('first') first?: number,
    @Args('after') after?: string,
  ) {
    return this.contributions.listOf(account, datasetId, first, after);
  }

  @Query()
  lateContributions(@CurrentAccount() account: string, @Args('datasetId') datasetId: string) {
    return this.late.of(account, datasetId);
  }

  @Mutation()
  contributionRewrap(@CurrentAccount() account: string, @Args('input') input: ContributionRewrapInput) {
    return this.rewraps.rewrap(account, input);
  }

  @Mutation()
  contributionUploadBegin(@CurrentAccount() account: string, @Args('input') input: ContributionUploadBeginInput) {
    return this.uploads.begin(account, input);
  }

  @Mutation()
  contributionCommit(@CurrentAccount() account: string, @Args('input') input: ContributionCommitInput) {
    return this.commits.commit(account, input);
  }

  @Mutation()
  contributionWithdraw(@Args('input') input: ContributionWithdrawInput) {
    return this.withdrawals.withdrawItem(input);
  }

  @Mutation()
  consentWithdraw(@Args('input') input: ConsentWithdrawInput) {
    return this.withdrawals.withdrawConsent(input);
  }

  @Subscription()
  contributionChanged(@CurrentAccount() account: string, @Args('datasetId') datasetId: string) {
    return this.feed.of(account, datasetId);
  }

  @ResolveField()
  proof(@Parent() item: ContributionEntity) {
    return this.contributions.proofOf(item);
  }

  @ResolveField()
  async anchorTx(@Parent() item: ContributionEntity) {
    return (await this.contributions.batchOf(item))?.anchorTx;
  }

  @ResolveField()
  async anchoredAt(@Parent() item: ContributionEntity) {
    return (await this.contributions.batchOf(item))?.anchoredAt;
  }
}
