import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter, on } from 'node:events';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { ENV } from '../config/config.module.ts';
import type { Env } from '../config/env.ts';

const CHANNEL = 'allod_live';

/** News for subscriptions, across processes: PostgreSQL delivers a notice only when its transaction commits. */
@Injectable()
export class LiveService implements OnApplicationShutdown {
  private readonly bus = new EventEmitter().setMaxListeners(0);
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;

  constructor(@Inject(ENV) private readonly env: Env) {}

  /** `data` stays small (under 8 kB): ids, not rows. */
  async publish(manager: EntityManager, topic: string, data: unknown): Promise<void> {
    await manager.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify({ topic, data })]);
  }

  async *subscribe<T>(topic: string): AsyncGenerator<T> {
    await this.connect();
    for await (const [data] of on(this.bus, topic)) yield data as T;
  }

  private connect(): Promise<void> {
    this.connecting ??= this.listen();
    return this.connecting;
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.env.DATABASE_URL });
    client.on('error', () => {
      this.connecting = undefined;
    });
    client.on('notification', ({ payload }) => {
      const { topic, data } = JSON.parse(payload ?? '{}') as { topic: string; data: unknown };
      this.bus.emit(topic, data);
    });
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    this.client = client;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.end();
  }
}
