import { Logger } from '@nestjs/common';
import pg from 'pg';

const LOCK = "hashtextextended('allod/worker/' || $1, 0)";

/**
 * Tells which job workers live. graphile-worker keeps a job locked for four hours when its process dies; here each
 * worker holds a session lock of PostgreSQL under its id, which ends with its connection, so that the jobs of a killed
 * process are free again as soon as anyone looks.
 */
export class WorkerLiveness {
  private readonly log = new Logger('jobs');
  private readonly workers = new Set<string>();
  private client: Promise<pg.Client> | undefined;
  private stopped = false;

  constructor(private readonly databaseUrl: string) {}

  /** Announces workers of this process. */
  async hold(...workerIds: string[]): Promise<void> {
    const client = await this.connection();
    for (const workerId of workerIds) {
      this.workers.add(workerId);
      await client.query(`SELECT pg_advisory_lock(${LOCK})`, [workerId]);
    }
  }

  /** Frees the jobs and queues whose worker is gone; resolves to the ids of the dead. */
  async rescue(): Promise<string[]> {
    const client = await this.connection();
    const { rows } = await client.query<{ locked_by: string }>(
      `SELECT DISTINCT locked_by FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL
       UNION SELECT DISTINCT locked_by FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL`,
    );
    const dead: string[] = [];
    for (const { locked_by } of rows) {
      if (this.workers.has(locked_by)) continue;
      const [answer] = (
        await client.query<{ free: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS free`, [locked_by])
      ).rows;
      if (!answer?.free) continue;
      await client.query('SELECT graphile_worker.force_unlock_workers($1::text[])', [[locked_by]]);
      await client.query(`SELECT pg_advisory_unlock(${LOCK})`, [locked_by]);
      dead.push(locked_by);
    }
    if (dead.length > 0) this.log.warn({ dead }, 'freed the jobs of workers that are gone');
    return dead;
  }

  async close(): Promise<void> {
    this.stopped = true;
    const client = await this.client?.catch(() => undefined);
    await client?.end();
  }

  /** The session that holds the locks; a lost one is opened again, with the locks of all workers. */
  private connection(): Promise<pg.Client> {
    this.client ??= this.connect().catch((error: unknown) => {
      this.client = undefined;
      throw error;
    });
    return this.client;
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.databaseUrl, keepAlive: true });
    client.on('error', () => this.lose());
    client.on('end', () => this.lose());
    await client.connect();
    for (const workerId of this.workers) await client.query(`SELECT pg_advisory_lock(${LOCK})`, [workerId]);
    return client;
  }

  private lose(): void {
    if (!this.stopped) this.client = undefined;
  }
}
