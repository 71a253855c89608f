import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountResolver } from './account.resolver.ts';
import { ChallengeEntity } from './challenge.entity.ts';
import { SessionEntity } from './session.entity.ts';
import { SessionService } from './session.service.ts';
import { SignInService } from './sign-in.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([SessionEntity, ChallengeEntity])],
  providers: [AccountResolver, SessionService, SignInService],
  exports: [SessionService],
})
export class AccountsModule {}
