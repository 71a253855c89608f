import { Module } from '@nestjs/common';
import { ExplorerController } from './explorer.controller.ts';
import { HealthController } from './health.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { ProtocolResolver } from './protocol.resolver.ts';

@Module({ controllers: [ExplorerController, HealthController, MetricsController], providers: [ProtocolResolver] })
export class HealthModule {}
