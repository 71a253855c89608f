import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { DomainError } from '../common/errors/domain-error.ts';

const POLL_MS = 15;

/** Every effect outside the database is a row here, written in the transaction that decides it. */
@Injectable()
export class OutboxService {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** Writes the row and its job in the caller's transaction. A second row of the same (type, key) is the first one. */
  async enqueue(manager: EntityManager, type: string, key: string, payload: unknown, runAt?: Date): Promise<string> {
    const [inserted]: { id: string }[] = await manager.query(
      `INSERT INTO outbox (type, key, payload) VALUES ($1, $2, $3) ON CONFLICT (type, key) DO NOTHING RETURNING id`,
      [type, key, JSON.stringify(payload)],
    );
    if (!inserted) {
      const [known]: { id: string }[] = await manager.query('SELECT id FROM outbox WHERE type = $1 AND key = $2', [
        type,
        key,
      ]);
      return known!.id;
    }
    await manager.query(
      `SELECT graphile_worker.add_job('outbox', json_build_object('id', $1::text), run_at => $2::timestamptz, max_attempts => 25, job_key => $1::text)`,
      [inserted.id, runAt ?? null],
    );
    return inserted.id;
  }

  /** Asks the worker and waits for the handler's result: for what only the worker's keys can do. */
  async call<R>(type: string, key: string, payload: unknown, timeoutMs = 10_000): Promise<R> {
    const id = await this.source.transaction((manager) => this.enqueue(manager, type, key, payload));
    const done = await this.wait<R>(id, timeoutMs);
    if (!done) throw new DomainError(Code.WORKER_UNAVAILABLE, 'The worker did not answer in time; ask again');
    return done.result;
  }

  /** The result of a row that is done within `timeoutMs`, else null; the row goes on either way. */
  async wait<R>(id: string, timeoutMs: number): Promise<{ result: R } | null> {
    const until = Date.now() + timeoutMs;
    while (Date.now() < until) {
      const [row]: { result: R; done_at: Date | null }[] = await this.source.query(
        'SELECT result, done_at FROM outbox WHERE id = $1',
        [id],
      );
      if (row?.done_at) return { result: row.result };
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return null;
  }
}
