import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { ChainPort } from '../integrations/chain/chain.port.ts';

/** `/health/live`: the process runs. `/health/ready`: database and chain answer. */
@Controller('health')
export class HealthController {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
  ) {}

  @Get('live')
  live() {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const [database, chain] = await Promise.all([
      works(() => this.source.query('SELECT 1')),
      works(() => this.chain.head()),
    ]);
    reply
      .code(database && chain ? 200 : 503)
      .send({ status: database && chain ? 'ready' : 'not ready', database, chain });
  }
}

const works = (probe: () => Promise<unknown>): Promise<boolean> =>
  probe().then(
    () => true,
    () => false,
  );
