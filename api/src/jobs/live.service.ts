import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter, on } from 'node:events';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { flatMap } from '../common/flat-map.ts';
import { ENV } from '../config/config.module.ts';
import type { Env } from '../config/env.ts';

const CHANNEL = 'allod_live';
const RECONNECT_MS = 500;

/** News for subscriptions, across processes: PostgreSQL delivers a notice only when its transaction commits. */
@Injectable()
export class LiveService implements OnApplicationShutdown {
  private readonly bus = new EventEmitter().setMaxListeners(0);
  private client: pg.Client | undefined;
  private connecting: Promise<void> | undefined;
  private stopped = false;

  constructor(@Inject(ENV) private readonly env: Env) {}

  /** `data` stays small (under 8 kB): ids, not rows. */
  async publish(manager: EntityManager, topic: string, data: unknown): Promise<void> {
    await manager.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify({ topic, data })]);
  }

  /** From now on; end it with `return()` (use `flatMap` to build on it, not a generator). */
  subscribe<T>(topic: string): AsyncIterableIterator<T> {
    void this.connect();
    return flatMap(on(this.bus, topic) as AsyncIterator<[T]>, async (data) => data);
  }

  private connect(): Promise<void> {
    this.connecting ??= this.listen().catch(() => this.reconnect());
    return this.connecting;
  }

  private async listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.env.DATABASE_URL });
    client.on('error', () => this.reconnect());
    client.on('notification', ({ payload }) => {
      const { topic, data } = JSON.parse(payload ?? '{}') as { topic: string; data: unknown };
      this.bus.emit(topic, data);
    });
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    this.client = client;
  }

  /** News of the gap are lost; clients read the current state when they need to be sure. */
  private reconnect(): void {
    if (this.stopped) return;
    this.connecting = undefined;
    setTimeout(() => void this.connect(), RECONNECT_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.client?.end();
  }
}
