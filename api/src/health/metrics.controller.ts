import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';

/** Prometheus text: process metrics and what the operator is paged for (open outbox rows, distance of the indexer). */
@Controller('metrics')
export class MetricsController {
  private readonly registry = new Registry();
  private readonly open = new Gauge({
    name: 'allod_outbox_open',
    help: 'Outbox rows not done',
    registers: [this.registry],
  });
  private readonly scanned = new Gauge({
    name: 'allod_chain_scanned_block',
    help: 'Last block read',
    registers: [this.registry],
  });
  private readonly applied = new Gauge({
    name: 'allod_chain_applied_block',
    help: 'Last block applied',
    registers: [this.registry],
  });

  private readonly damaged = new Gauge({
    name: 'allod_blocks_damaged',
    help: 'Blocks that somebody holds, that the scrub found damaged or lost, and that no replica had',
    registers: [this.registry],
  });
  private readonly unchecked = new Gauge({
    name: 'allod_block_oldest_check_seconds',
    help: 'Seconds since the scrub looked at the block that waits longest for it; 0 while none was ever looked at',
    registers: [this.registry],
  });

  constructor(@Inject(DataSource) private readonly source: DataSource) {
    collectDefaultMetrics({ register: this.registry });
  }

  @Get()
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const [row]: Record<'open' | 'scanned' | 'applied' | 'damaged' | 'unchecked', string | null>[] =
      await this.source.query(
        `SELECT (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS open, scanned, applied,
         (SELECT count(*) FROM block WHERE damaged_at IS NOT NULL AND (held OR refs > 0)) AS damaged,
         (SELECT extract(epoch FROM now() - min(checked_at)) FROM block) AS unchecked
       FROM (SELECT 1) one LEFT JOIN chain_cursor ON true`,
      );
    this.open.set(Number(row?.open ?? 0));
    this.scanned.set(Number(row?.scanned ?? 0));
    this.applied.set(Number(row?.applied ?? 0));
    this.damaged.set(Number(row?.damaged ?? 0));
    this.unchecked.set(Number(row?.unchecked ?? 0));
    reply.type(this.registry.contentType).send(await this.registry.metrics());
  }
}
