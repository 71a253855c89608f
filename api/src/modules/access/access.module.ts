import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessResolver } from './access.resolver.ts';
import { AccessService } from './access.service.ts';
import { SealedKeyEntity } from './sealed-key.entity.ts';
import { WrappedKeyEntity } from './wrapped-key.entity.ts';

@Module({
  imports: [TypeOrmModule.forFeature([SealedKeyEntity, WrappedKeyEntity])],
  providers: [AccessResolver, AccessService],
  exports: [AccessService],
})
export class AccessModule {}
