import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentAccount } from '../../common/auth/current-account.decorator.ts';
import type { AnnotationSubmitInput } from '../../common/graphql/schema.generated.ts';
import { AnnotationService } from './annotation.service.ts';
import { AssignmentService } from './assignment.service.ts';

@Resolver()
export class AssignmentResolver {
  constructor(
    @Inject(AssignmentService) private readonly assignments: AssignmentService,
    @Inject(AnnotationService) private readonly annotations: AnnotationService,
  ) {}

  @Query()
  myAssignments(@CurrentAccount() account: string, @Args('jobId') jobId: string | null) {
    return this.assignments.mine(account, jobId);
  }

  @Mutation()
  assignmentAccept(@CurrentAccount() account: string, @Args('jobId') jobId: string) {
    return this.assignments.accept(account, jobId);
  }

  @Mutation()
  adjudicationAccept(@CurrentAccount() account: string, @Args('jobId') jobId: string) {
    return this.assignments.adjudicate(account, jobId);
  }

  @Mutation()
  assignmentExtend(@CurrentAccount() account: string, @Args('id') id: string) {
    return this.assignments.extend(account, id);
  }

  @Mutation()
  assignmentSkip(@CurrentAccount() account: string, @Args('id') id: string) {
    return this.assignments.skip(account, id);
  }

  @Mutation()
  assignmentReport(@CurrentAccount() account: string, @Args('id') id: string, @Args('reason') reason: string) {
    return this.assignments.report(account, id, reason);
  }

  @Mutation()
  annotationSubmit(@CurrentAccount() account: string, @Args('input') input: AnnotationSubmitInput) {
    return this.annotations.submit(account, input);
  }
}
