import { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Logger as GraphileLogger, run } from 'graphile-worker';
import type { Runner, Task, WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { ENV } from '../config/config.module.ts';
import type { Env } from '../config/env.ts';
import { OutboxRegistry } from './outbox.registry.ts';
import { WorkerLiveness } from './worker-liveness.ts';

/** How long the jobs of a killed worker wait at most. */
const RESCUE_MS = 5_000;

/** The worker's engine: outbox rows through graphile-worker, and the repeated jobs. */
@Injectable()
export class JobRunner implements OnApplicationShutdown {
  private readonly log = new Logger('jobs');
  private runner: Runner | undefined;
  private pool: pg.Pool | undefined;
  private liveness: WorkerLiveness | undefined;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
  ) {}

  async start(): Promise<void> {
    this.pool = new pg.Pool({ connectionString: this.env.DATABASE_URL, max: this.env.JOB_CONCURRENCY + 2 });
    this.pool.on('error', (error) => this.log.warn({ err: error }, 'an idle database connection was lost'));
    this.pool.on('connect', (client) =>
      client.on('error', (error) => this.log.warn({ err: error }, 'a database connection was lost')),
    );
    const liveness = (this.liveness = new WorkerLiveness(this.env.DATABASE_URL));
    const events: WorkerEvents = new EventEmitter();
    // Jobs are locked in the name of the pool.
    const poolIds: string[] = [];
    events.on('pool:create', ({ workerPool }) => poolIds.push(workerPool.id));
    this.runner = await run({
      events,
      pgPool: this.pool,
      concurrency: this.env.JOB_CONCURRENCY,
      noHandleSignals: true,
      crontab: '',
      logger: new GraphileLogger(() => (level, message) => level === 'error' && this.log.error(message)),
      pollInterval: 1000,
      taskList: { outbox: (payload) => this.runOne((payload as { id: string }).id) } as Record<string, Task>,
    });
    await liveness.hold(...poolIds);
    this.repeat('rescue', { ms: RESCUE_MS, run: async () => void (await liveness.rescue()) });
    for (const [name, job] of this.registry.repeating) this.repeat(name, job);
  }

  /** Public for tests: what graphile-worker calls for one row. */
  async runOne(id: string): Promise<void> {
    const [row] = await this.source
      .query(
        'UPDATE outbox SET attempts = attempts + 1 WHERE id = $1 AND done_at IS NULL RETURNING type, key, payload, attempts',
        [id],
      )
      .then(([rows]: [{ type: string; key: string; payload: unknown; attempts: number }[], number]) => rows);
    if (!row) return;
    try {
      const result = await this.registry.handler(row.type)(row.payload, { id, key: row.key, attempt: row.attempts });
      await this.source.query('UPDATE outbox SET done_at = now(), error = NULL, result = $2 WHERE id = $1', [
        id,
        JSON.stringify(result ?? null),
      ]);
    } catch (error) {
      this.log.warn({ type: row.type, key: row.key, attempt: row.attempts, err: error }, 'outbox row failed');
      await this.source.query('UPDATE outbox SET error = $2 WHERE id = $1', [id, String(error)]);
      throw error;
    }
  }

  private repeat(name: string, job: { ms: number; run: () => Promise<void> }): void {
    const tick = async () => {
      try {
        await job.run();
      } catch (error) {
        this.log.warn({ job: name, err: error }, 'repeated job failed');
      }
      if (!this.stopped) this.timers.set(name, setTimeout(tick, job.ms));
    };
    void tick();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.runner?.stop();
    await this.liveness?.close();
    await this.pool?.end();
  }
}
