import { Inject } from '@nestjs/common';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { SessionToken } from '../../common/auth/current-account.decorator.ts';
import { SessionService } from './session.service.ts';
import { SignInService } from './sign-in.service.ts';

@Resolver()
export class AccountResolver {
  constructor(
    @Inject(SignInService) private readonly signIns: SignInService,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  @Mutation()
  signInChallenge(@Args('account') account: string, @Args('domain') domain: string, @Args('uri') uri: string) {
    return this.signIns.challenge(account, domain, uri);
  }

  @Mutation()
  signIn(@Args('message') message: string, @Args('signature') signature: string) {
    return this.signIns.signIn(message, signature);
  }

  @Mutation()
  signOut(@SessionToken() token: string | null) {
    return this.sessions.close(token);
  }
}
