import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { ProtocolResolver } from './protocol.resolver.ts';

@Module({ controllers: [HealthController, MetricsController], providers: [ProtocolResolver] })
export class HealthModule {}
