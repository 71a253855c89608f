import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentAccount, MaybeAccount } from '../../common/auth/current-account.decorator.ts';
import { QuizService } from './quiz.service.ts';

@Resolver()
export class QuizResolver {
  constructor(@Inject(QuizService) private readonly quizzes: QuizService) {}

  @Query()
  quiz(@Args('jobId') jobId: string, @MaybeAccount() account: string | null) {
    return this.quizzes.items(jobId, account);
  }

  @Mutation()
  quizSubmit(@CurrentAccount() account: string, @Args('jobId') jobId: string, @Args('answers') answers: string[]) {
    return this.quizzes.submit(account, jobId, answers);
  }
}
