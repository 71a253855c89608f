import { Inject } from '@nestjs/common';
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import type { Statement } from '../payouts/earnings.service.ts';
import { OutcomeService } from './outcome.service.ts';
import { SkillService } from './skill.service.ts';

/** Payouts know amounts; labeling adds what they are for. */
@Resolver('Earnings')
export class LabelerEarningsResolver {
  constructor(
    @Inject(OutcomeService) private readonly outcomesService: OutcomeService,
    @Inject(SkillService) private readonly skills: SkillService,
  ) {}

  @Query()
  earnings(@CurrentAccount() account: string, @Args('jobId') jobId: string | null) {
    return this.outcomesService.statements(account, jobId);
  }

  @Query()
  mySkills(@CurrentAccount() account: string) {
    return this.skills.skillsOf(account);
  }

  @ResolveField()
  pending(@Parent() statement: Statement) {
    return this.outcomesService.pending(statement.jobId, statement.labeler);
  }

  @ResolveField()
  outcomes(@Parent() statement: Statement) {
    return this.outcomesService.outcomes(statement.jobId, statement.labeler);
  }
}
