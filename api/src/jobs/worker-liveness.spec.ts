import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query, startPostgres } from '../testing/postgres.ts';
import type { TestDatabase } from '../testing/postgres.ts';
import { WorkerLiveness } from './worker-liveness.ts';

describe('the jobs of a killed worker', () => {
  let database: TestDatabase;
  let survivor: WorkerLiveness;

  beforeAll(async () => {
    database = await startPostgres();
    survivor = new WorkerLiveness(database.url);
    await survivor.hold('survivor');
  });
  afterAll(async () => {
    await survivor.close();
    await database.stop();
  });

  const lockedBy = async (): Promise<(string | null)[]> => {
    const rows = await query<{ locked_by: string | null }>(
      database.url,
      'SELECT locked_by FROM graphile_worker._private_jobs',
    );
    return rows.map(({ locked_by }) => locked_by);
  };

  it('stay locked while its session lives and are free once it is gone', async () => {
    const other = new WorkerLiveness(database.url);
    await other.hold('other');
    await query(database.url, "SELECT graphile_worker.add_job('outbox', '{}', run_at := now() + interval '1 hour')");
    await query(database.url, "UPDATE graphile_worker._private_jobs SET locked_by = 'other', locked_at = now()");
    expect(await survivor.rescue()).toEqual([]);
    expect(await lockedBy()).toEqual(['other']);

    await other.close();
    expect(await survivor.rescue()).toEqual(['other']);
    expect(await lockedBy()).toEqual([null]);
  });

  it('are not taken from a worker whose own session was cut: it announces itself again', async () => {
    await query(database.url, "UPDATE graphile_worker._private_jobs SET locked_by = 'survivor', locked_at = now()");
    await query(database.url, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await survivor.rescue()).toEqual([]);

    const other = new WorkerLiveness(database.url);
    expect(await other.rescue()).toEqual([]);
    await other.close();
    expect(await lockedBy()).toEqual(['survivor']);
  });
});
