import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessResolver } from './access.resolver.ts';
import { AccessService } from './access.service.ts';
import { KeyFileController } from './key-file.controller.ts';
import { KeyFileService } from './key-file.service.ts';
import { SealedKeyEntity } from './sealed-key.entity.ts';
import { WrappedKeyEntity } from './wrapped-key.entity.ts';

@Module({
  imports: [TypeOrmModule.forFeature([SealedKeyEntity, WrappedKeyEntity])],
  controllers: [KeyFileController],
  providers: [AccessResolver, AccessService, KeyFileService],
  exports: [AccessService, KeyFileService],
})
export class AccessModule {}
