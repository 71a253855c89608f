import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { LiveService } from '../../jobs/live.service.ts';
import type { EarningCause } from './earning.entity.ts';

/** What one labeler has on one job, in token base units. */
export interface Statement {
  readonly jobId: string;
  readonly labeler: string;
  readonly earned: bigint;
  readonly withdrawn: bigint;
  /** Unix seconds. */
  readonly settledThrough: number;
}

export interface Earning {
  readonly jobId: string;
  readonly labeler: string;
  readonly amount: bigint;
  readonly cause: EarningCause;
  readonly causeId: string;
}

interface StatementRow {
  job_id: string;
  labeler: string;
  earned: string;
  withdrawn: string;
  settled_through: string;
}

/** The append-only ledger. It knows accounts and jobs, not what a task or a label is. */
@Injectable()
export class EarningsService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(LiveService) private readonly live: LiveService,
  ) {}

  /** Adds a line in the caller's transaction; false when this cause was paid before. */
  async record(manager: EntityManager, earning: Earning): Promise<boolean> {
    const { jobId, labeler, amount, cause, causeId } = earning;
    const lines: unknown[] = await manager.query(
      `INSERT INTO earning (job_id, labeler, amount, cause, cause_id) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (cause, cause_id) DO NOTHING RETURNING id`,
      [jobId, labeler, amount.toString(), cause, causeId],
    );
    return lines.length > 0;
  }

  /** Says that every lease of this labeler up to `through` has its verdict. It never goes back. */
  async settle(manager: EntityManager, jobId: string, labeler: string, through: number): Promise<void> {
    await this.lockJob(manager, jobId);
    await manager.query(
      `INSERT INTO earning_account (job_id, labeler, settled_through) VALUES ($1, $2, $3)
       ON CONFLICT (job_id, labeler) DO UPDATE SET settled_through = excluded.settled_through
       WHERE earning_account.settled_through < excluded.settled_through`,
      [jobId, labeler, through],
    );
  }

  /** Adds what the escrow paid out. */
  async withdraw(manager: EntityManager, jobId: string, labeler: string, amount: bigint): Promise<void> {
    await this.lockJob(manager, jobId);
    await manager.query(
      `INSERT INTO earning_account (job_id, labeler, withdrawn) VALUES ($1, $2, $3)
       ON CONFLICT (job_id, labeler) DO UPDATE SET withdrawn = earning_account.withdrawn + excluded.withdrawn`,
      [jobId, labeler, amount.toString()],
    );
    await this.announce(manager, jobId, labeler);
  }

  /** Settlements and withdrawals of one job wait for each other here, before either holds an account's row. */
  private async lockJob(manager: EntityManager, jobId: string): Promise<void> {
    await lockUntilCommit(manager, `earnings:${jobId}`);
  }

  async statement(jobId: string, labeler: string, manager: EntityManager = this.source.manager): Promise<Statement> {
    const [row]: StatementRow[] = await manager.query(
      `SELECT $1::text AS job_id, $2::text AS labeler,
         (SELECT coalesce(sum(amount), 0) FROM earning WHERE job_id = $1 AND labeler = $2) AS earned,
         coalesce(a.withdrawn, 0) AS withdrawn, coalesce(a.settled_through, 0) AS settled_through
       FROM (SELECT 1) one LEFT JOIN earning_account a ON a.job_id = $1 AND a.labeler = $2`,
      [jobId, labeler],
    );
    return statementOf(row!);
  }

  /** Yields whenever the labeler's earnings on the job may have changed. */
  changes(jobId: string, labeler: string): AsyncIterableIterator<unknown> {
    return this.live.subscribe(topicOf(jobId, labeler));
  }

  /** Tells subscribers, after commit. */
  announce(manager: EntityManager, jobId: string, labeler: string): Promise<void> {
    return this.live.publish(manager, topicOf(jobId, labeler), { jobId });
  }
}

const topicOf = (jobId: string, labeler: string): string => `earnings:${jobId}:${labeler}`;

const statementOf = (row: StatementRow): Statement => ({
  jobId: row.job_id,
  labeler: row.labeler,
  earned: BigInt(row.earned),
  withdrawn: BigInt(row.withdrawn),
  settledThrough: Number(row.settled_through),
});
