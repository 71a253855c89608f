import { runMigrations as migrateJobs } from 'graphile-worker';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from './migrations/index.ts';

const LOCK = 0x616c6c6f;

/** Brings the schema up to date; the advisory lock lets api, worker and replicas start at the same time. */
export async function migrate(url: string): Promise<void> {
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const source = new DataSource({ type: 'postgres', url, migrations, migrationsTransactionMode: 'each' });
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
    await migrateJobs({ connectionString: url });
  } finally {
    await lock.end();
  }
}
