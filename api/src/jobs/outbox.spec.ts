import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { Env } from '../config/env.ts';
import { startPostgres } from '../testing/postgres.ts';
import type { TestDatabase } from '../testing/postgres.ts';
import { JobRunner } from './job-runner.ts';
import { OutboxRegistry } from './outbox.registry.ts';
import { OutboxService } from './outbox.service.ts';
import { WorkerLiveness } from './worker-liveness.ts';

describe('the outbox', () => {
  let database: TestDatabase;
  let source: DataSource;
  let outbox: OutboxService;
  let runner: JobRunner;
  const runs: unknown[] = [];
  let failures = 0;
  let begun: () => void;
  let finish: () => void;

  beforeAll(async () => {
    database = await startPostgres();
    source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    outbox = new OutboxService(source);
    const registry = new OutboxRegistry();
    registry.on<{ n: number }>('test.double', async ({ n }) => {
      runs.push(n);
      if (failures-- > 0) throw new Error('not yet');
      return n * 2;
    });
    registry.on('test.long', async () => {
      begun();
      await new Promise<void>((resolve) => (finish = resolve));
    });
    runner = new JobRunner({ DATABASE_URL: database.url, JOB_CONCURRENCY: 2 } as Env, source, registry);
    await runner.start();
  });
  afterAll(async () => {
    await runner.onApplicationShutdown();
    await source.destroy();
    await database.stop();
  });

  it('runs a row after commit and gives its result to who waits', async () => {
    expect(await outbox.call<number>('test.double', 'one', { n: 21 })).toBe(42);
  });

  it('is one row for one key', async () => {
    runs.length = 0;
    const ids = await Promise.all(
      [1, 2, 3].map(() => source.transaction((manager) => outbox.enqueue(manager, 'test.double', 'same', { n: 5 }))),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await outbox.wait(ids[0]!, 5000)).toEqual({ result: 10 });
    expect(runs).toEqual([5]);
  });

  it('leaves nothing of a transaction that was rolled back', async () => {
    await expect(
      source.transaction(async (manager) => {
        await outbox.enqueue(manager, 'test.double', 'rolled back', { n: 1 });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await source.query(`SELECT 1 FROM outbox WHERE key = 'rolled back'`)).toEqual([]);
  });

  it('keeps a failed row with its error and succeeds later', async () => {
    failures = 1;
    const id = await source.transaction((manager) => outbox.enqueue(manager, 'test.double', 'later', { n: 4 }));
    expect(await outbox.wait(id, 8000)).toEqual({ result: 8 });
    const [row]: { attempts: number }[] = await source.query('SELECT attempts FROM outbox WHERE id = $1', [id]);
    expect(row?.attempts).toBe(2);
  });

  it('does not take a job from a runner that is still at it', async () => {
    const running = new Promise<void>((resolve) => (begun = resolve));
    const id = await source.transaction((manager) => outbox.enqueue(manager, 'test.long', 'long', {}));
    await running;
    const other = new WorkerLiveness(database.url);
    const rescued = await other.rescue();
    await other.close();
    finish();
    expect(rescued).toEqual([]);
    expect(await outbox.wait(id, 5000)).toEqual({ result: null });
  });
});
