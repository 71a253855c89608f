import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { EarningsService } from '../payouts/earnings.service.ts';
import type { AnnotationVerdict } from './consensus/verdict.ts';
import { JobEntity } from './job.entity.ts';
import { REJECT_LEASE } from './reject-lease.job.ts';
import type { TaskOutcome } from './settlement.ts';

interface GivenVerdict {
  assignmentId: string;
  labeler: string;
  verdict: AnnotationVerdict;
}

/** Verdicts, ledger lines and the escrow's promise, written together. Each verdict counts once, however often it is written. */
@Injectable()
export class SettlementWriter {
  constructor(
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  async ask(manager: EntityManager, taskId: string, overlap: number): Promise<void> {
    await manager.query('UPDATE labeling_task SET overlap = greatest(overlap, $2) WHERE id = $1', [taskId, overlap]);
  }

  /** Returns the contribution, or null when somebody took a lease meanwhile: then the next settlement decides. */
  async decide(manager: EntityManager, job: JobEntity, outcome: TaskOutcome): Promise<string | null> {
    const [rows]: [{ contribution_id: string }[], number] = await manager.query(
      `UPDATE labeling_task SET state = $2, label = $3, posterior = $4, reason = $5, resolved_at = now()
       WHERE id = $1 AND state = 'OPEN' AND (taken = $6 OR $2 = 'CANCELLED') RETURNING contribution_id`,
      [outcome.taskId, outcome.state, outcome.label, outcome.posterior, outcome.reason, outcome.verdicts.length],
    );
    if (!rows[0]) return null;
    for (const given of outcome.verdicts) await this.judge(manager, job, given);
    return rows[0].contribution_id;
  }

  /** Annotations of tasks that were taken back, or that came after their task was cancelled. */
  async payCancelled(manager: EntityManager, job: JobEntity): Promise<void> {
    const open: { assignment_id: string; labeler: string; reason: string }[] = await manager.query(
      `SELECT a.assignment_id, a.labeler, t.reason FROM annotation a JOIN labeling_task t ON t.id = a.task_id
       WHERE a.job_id = $1 AND a.verdict = 'PENDING' AND t.state = 'CANCELLED' ORDER BY a.assignment_id`,
      [job.id],
    );
    for (const { assignment_id: assignmentId, labeler, reason } of open) {
      const verdict = { verdict: 'PAID' as const, reason: `TASK_CANCELLED ${reason}`, evidence: null };
      await this.judge(manager, job, { assignmentId, labeler, verdict });
    }
  }

  /** Quiz pay enters the ledger with the labeler's first validated label. */
  async creditQuizzes(manager: EntityManager, job: JobEntity): Promise<void> {
    const due: { labeler: string; pay: string }[] = await manager.query(
      `SELECT q.labeler, q.pay FROM qualification q
       WHERE q.job_id = $1 AND q.pay > 0
         AND EXISTS (SELECT 1 FROM annotation a WHERE a.job_id = q.job_id AND a.labeler = q.labeler AND a.verdict = 'PAID')
         AND NOT EXISTS (SELECT 1 FROM earning e WHERE e.cause = 'QUIZ' AND e.cause_id = q.job_id || ':' || q.labeler)`,
      [job.id],
    );
    for (const { labeler, pay } of due) {
      const causeId = `${job.id}:${labeler}`;
      await this.earnings.record(manager, { jobId: job.id, labeler, amount: BigInt(pay), cause: 'QUIZ', causeId });
    }
  }

  /** A voucher names the last settled lease before the first one that still waits for a verdict. */
  async moveSettledThrough(manager: EntityManager, jobId: string): Promise<void> {
    const rows: { labeler: string; through: string }[] = await manager.query(
      `WITH lease AS (
         SELECT a.labeler, a.auto_approve_at,
           a.state = 'LEASED' OR coalesce(n.verdict = 'PENDING', false) AS waiting,
           coalesce(n.verdict <> 'PENDING', false) AS settled
         FROM assignment a LEFT JOIN annotation n ON n.assignment_id = a.id WHERE a.job_id = $1
       )
       SELECT labeler,
         least(max(auto_approve_at) FILTER (WHERE settled), min(auto_approve_at) FILTER (WHERE waiting) - 1) AS through
       FROM lease GROUP BY labeler HAVING bool_or(settled) ORDER BY labeler`,
      [jobId],
    );
    for (const { labeler, through } of rows) await this.earnings.settle(manager, jobId, labeler, Number(through));
  }

  /**
   * Frees the price of what was refused since the last settlement and notes how far this one came; returns the labelers
   * with news. The job row is touched only here, after all tasks.
   */
  async finish(manager: EntityManager, job: JobEntity): Promise<string[]> {
    const judged: { labeler: string; refused: string }[] = await manager.query(
      `WITH freed AS (
         UPDATE annotation SET freed = true WHERE job_id = $1 AND verdict <> 'PENDING' AND NOT freed
         RETURNING labeler, verdict
       )
       SELECT labeler, count(*) FILTER (WHERE verdict = 'REFUSED') AS refused FROM freed GROUP BY labeler ORDER BY labeler`,
      [job.id],
    );
    const refused = judged.reduce((sum, row) => sum + BigInt(row.refused), 0n);
    await manager.query(
      `UPDATE labeling_job SET committed = committed - price * $2, settled_news = greatest(settled_news, $3) WHERE id = $1`,
      [job.id, refused.toString(), job.news],
    );
    return judged.map((row) => row.labeler);
  }

  private async judge(
    manager: EntityManager,
    job: JobEntity,
    { assignmentId, labeler, verdict }: GivenVerdict,
  ): Promise<void> {
    const paid = verdict.verdict === 'PAID';
    const [changed]: [unknown[], number] = await manager.query(
      `UPDATE annotation SET verdict = $2, reason = $3, evidence = $4, pay = $5
       WHERE assignment_id = $1 AND verdict = 'PENDING' RETURNING assignment_id`,
      [assignmentId, verdict.verdict, verdict.reason, JSON.stringify(verdict.evidence), paid ? job.price : '0'],
    );
    if (changed.length === 0) return;
    if (!paid) return this.rejectIfClaimed(manager, assignmentId);
    const amount = BigInt(job.price);
    await this.earnings.record(manager, { jobId: job.id, labeler, amount, cause: 'ANNOTATION', causeId: assignmentId });
  }

  /** A refused lease that was claimed on chain is rejected there, inside its window. */
  private async rejectIfClaimed(manager: EntityManager, assignmentId: string): Promise<void> {
    const claimed: unknown[] = await manager.query('SELECT 1 FROM assignment WHERE id = $1 AND claimed', [
      assignmentId,
    ]);
    if (claimed.length > 0) await this.outbox.enqueue(manager, REJECT_LEASE, assignmentId, { assignmentId });
  }
}
