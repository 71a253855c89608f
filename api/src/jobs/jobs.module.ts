import { Global, Module } from '@nestjs/common';
import { JobRunner } from './job-runner.ts';
import { LiveService } from './live.service.ts';
import { OutboxRegistry } from './outbox.registry.ts';
import { OutboxService } from './outbox.service.ts';

@Global()
@Module({
  providers: [OutboxRegistry, OutboxService, JobRunner, LiveService],
  exports: [OutboxRegistry, OutboxService, JobRunner, LiveService],
})
export class JobsModule {}
