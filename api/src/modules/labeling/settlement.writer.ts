import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { EarningsService } from '../payouts/earnings.service.ts';
import type { AssignmentKind } from './assignment-kind.ts';
import type { JobEntity } from './job.entity.ts';
import { REJECT_LEASE } from './reject-lease.job.ts';
import { appealSecondsOf } from './rules.ts';
import type { AppealOutcome, JudgedAnnotation, KnownTask, Settlement, TaskOutcome } from './settlement-types.ts';
import { WageFloorService } from './wage-floor.service.ts';
import type { TopUps } from './wage-floor.service.ts';

/** The settlement that writes. */
export interface Round {
  readonly job: JobEntity;
  readonly number: number;
  readonly topUps: TopUps;
}

interface PaidLease {
  labeler: string;
  price: string;
  kind: AssignmentKind;
}

/** Verdicts, ledger lines and the escrow's promise, written together. Each verdict counts once, however often it is written. */
@Injectable()
export class SettlementWriter {
  constructor(
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(WageFloorService) private readonly wages: WageFloorService,
  ) {}

  /** In the order of their ids, as all task rows are locked. */
  async ask(manager: EntityManager, asks: Settlement['asks']): Promise<void> {
    if (asks.length === 0) return;
    await manager.query(
      `UPDATE labeling_task t SET overlap = greatest(t.overlap, wanted.overlap)
       FROM (SELECT locked.id, ask.overlap FROM unnest($1::text[], $2::int[]) AS ask (id, overlap)
             JOIN labeling_task locked ON locked.id = ask.id ORDER BY locked.id FOR UPDATE OF locked) wanted
       WHERE t.id = wanted.id`,
      [asks.map(({ taskId }) => taskId), asks.map(({ overlap }) => overlap)],
    );
  }

  /** Returns the contribution, or null when somebody took a lease meanwhile: then the next settlement decides. */
  async decide(manager: EntityManager, round: Round, outcome: TaskOutcome): Promise<string | null> {
    const [rows]: [{ contribution_id: string }[], number] = await manager.query(
      `UPDATE labeling_task SET state = $2, label = $3, posterior = $4, reason = $5, resolved_at = now(), round = $7,
         gold_label = CASE WHEN $8 THEN $3 ELSE gold_label END, gold_from = CASE WHEN $8 THEN $7 + 1 ELSE gold_from END
       WHERE id = $1 AND state IN ('OPEN', 'ADJUDICATION') AND (taken = $6 OR $2 = 'CANCELLED')
       RETURNING contribution_id`,
      [
        outcome.taskId,
        outcome.state,
        outcome.label,
        outcome.posterior,
        outcome.reason,
        outcome.labels,
        round.number,
        outcome.gold && round.job.rules.hiddenGoldBps > 0,
      ],
    );
    if (!rows[0]) return null;
    for (const given of outcome.verdicts) await this.judge(manager, round, given);
    return rows[0].contribution_id;
  }

  /** A known item that was not: no longer used, and what was refused for its sake is paid. */
  async retire(manager: EntityManager, round: Round, { taskId, label }: KnownTask): Promise<void> {
    await manager.query('UPDATE labeling_task SET gold_until = $2, label = $3 WHERE id = $1', [
      taskId,
      round.number,
      label,
    ]);
    const undone: { assignment_id: string }[] = await manager.query(
      `SELECT assignment_id FROM annotation
       WHERE task_id = $1 AND kind = 'GOLD' AND verdict = 'REFUSED' AND reason LIKE 'GOLD_FAILED%' ORDER BY assignment_id`,
      [taskId],
    );
    for (const { assignment_id: assignmentId } of undone) {
      await this.reverse(manager, round, { assignmentId, reason: 'GOLD_RETIRED' });
      await manager.query(
        `UPDATE appeal SET state = 'UPHELD', reason = 'APPEAL_UPHELD GOLD_RETIRED', decided_at = now(), round = $2
         WHERE assignment_id = $1 AND state = 'OPEN'`,
        [assignmentId, round.number],
      );
    }
    await this.countAppeals(manager, taskId);
  }

  async decideAppeal(manager: EntityManager, round: Round, outcome: AppealOutcome): Promise<void> {
    const { assignmentId, taskId, state, reason, evidence, label } = outcome;
    const [decided]: [unknown[], number] = await manager.query(
      `UPDATE appeal SET state = $2, reason = $3, evidence = $4, decided_at = now(), round = $5
       WHERE assignment_id = $1 AND state = 'OPEN' RETURNING assignment_id`,
      [assignmentId, state, reason, JSON.stringify(evidence), round.number],
    );
    if (decided.length === 0) return;
    await this.countAppeals(manager, taskId);
    if (label !== null) {
      await manager.query(
        `UPDATE labeling_task SET label = $2,
           gold_until = CASE WHEN gold_from IS NOT NULL AND gold_label <> $2 THEN coalesce(gold_until, $3) ELSE gold_until END
         WHERE id = $1`,
        [taskId, label, round.number],
      );
    }
    if (state === 'UPHELD') await this.reverse(manager, round, { assignmentId, reason });
  }

  /** Annotations of tasks that were taken back, or that came after their task was cancelled. */
  async payCancelled(manager: EntityManager, round: Round): Promise<void> {
    const open: { assignment_id: string; reason: string }[] = await manager.query(
      `SELECT a.assignment_id, t.reason FROM annotation a JOIN labeling_task t ON t.id = a.task_id
       WHERE a.job_id = $1 AND a.verdict = 'PENDING' AND t.state = 'CANCELLED' ORDER BY a.assignment_id`,
      [round.job.id],
    );
    for (const { assignment_id: assignmentId, reason } of open) {
      const verdict = { verdict: 'PAID' as const, reason: `TASK_CANCELLED ${reason}`, evidence: null };
      await this.judge(manager, round, { assignmentId, verdict });
    }
  }

  /** An adjudicator is paid for each decision, whatever it was. */
  async payAdjudications(manager: EntityManager, round: Round): Promise<void> {
    const open: { assignment_id: string }[] = await manager.query(
      `SELECT assignment_id FROM annotation
       WHERE job_id = $1 AND kind = 'ADJUDICATION' AND verdict = 'PENDING' AND round IS NOT NULL ORDER BY assignment_id`,
      [round.job.id],
    );
    for (const { assignment_id: assignmentId } of open) {
      const verdict = { verdict: 'PAID' as const, reason: 'ADJUDICATED', evidence: null };
      await this.judge(manager, round, { assignmentId, verdict });
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
   * Frees the price of what was refused and cannot be appealed any more, and notes how far this settlement came; with
   * `again` the next one is due at once. Returns the labelers with news. The job row is touched only here, after all tasks.
   */
  async finish(
    manager: EntityManager,
    round: Round,
    facts: { adjudicators: boolean; again: boolean },
  ): Promise<string[]> {
    const { job, number } = round;
    const judged: { labeler: string }[] = await manager.query(
      `SELECT labeler FROM annotation WHERE job_id = $1 AND verdict_round = $2
       UNION SELECT labeler FROM appeal WHERE job_id = $1 AND round = $2 ORDER BY labeler`,
      [job.id, number],
    );
    const [freed]: [unknown[], number] = await manager.query(
      `UPDATE annotation n SET freed = true
       WHERE n.job_id = $1 AND n.verdict = 'REFUSED' AND NOT n.freed
         AND NOT EXISTS (SELECT 1 FROM appeal p WHERE p.assignment_id = n.assignment_id AND p.state = 'OPEN')
         AND (n.appeal_until <= now() OR EXISTS (SELECT 1 FROM appeal p WHERE p.assignment_id = n.assignment_id))
       RETURNING 1`,
      [job.id],
    );
    await manager.query(
      `UPDATE labeling_job SET committed = committed - price * $2, settled_news = greatest(settled_news, $3), round = $4,
         wage_granted = wage_granted + $5, measured_ms = $6, news = news + $7
       WHERE id = $1`,
      [
        job.id,
        freed.length,
        job.news,
        number,
        round.topUps.granted.toString(),
        round.topUps.measuredMs,
        facts.again ? 1 : 0,
      ],
    );
    await manager.query(
      `INSERT INTO labeling_round (job_id, round, final, adjudicators) SELECT $1, $2, $3, $4
       WHERE $5 OR EXISTS (SELECT 1 FROM labeling_task WHERE job_id = $1 AND (round = $2 OR gold_until = $2))`,
      [job.id, number, job.state === 'CLOSED', facts.adjudicators, judged.length > 0],
    );
    return judged.map((row) => row.labeler);
  }

  async judge(
    manager: EntityManager,
    round: Round,
    { assignmentId, verdict }: Omit<JudgedAnnotation, 'labeler'>,
  ): Promise<void> {
    const paid = verdict.verdict === 'PAID';
    const [changed]: [PaidLease[], number] = await manager.query(
      `UPDATE annotation n SET verdict = $2, reason = $3, evidence = $4, verdict_round = $5, verdict_at = now(),
         pay = CASE WHEN $6 THEN a.price ELSE 0 END,
         appeal_until = CASE WHEN $6 THEN NULL ELSE now() + $7 * interval '1 second' END
       FROM assignment a WHERE n.assignment_id = $1 AND a.id = n.assignment_id AND n.verdict = 'PENDING'
       RETURNING a.labeler, a.price, a.kind`,
      [
        assignmentId,
        verdict.verdict,
        verdict.reason,
        JSON.stringify(verdict.evidence),
        round.number,
        paid,
        appealSecondsOf(round.job.rules),
      ],
    );
    if (!changed[0]) return;
    if (!paid) return this.rejectIfClaimed(manager, assignmentId);
    await this.pay(manager, round, { assignmentId, lease: changed[0] });
  }

  /** A refusal becomes pay. Its price was set aside, and the ledger has one line per annotation, now and ever. */
  private async reverse(
    manager: EntityManager,
    round: Round,
    { assignmentId, reason }: { assignmentId: string; reason: string },
  ): Promise<void> {
    const [changed]: [PaidLease[], number] = await manager.query(
      `UPDATE annotation n SET verdict = 'PAID', reason = $2, pay = a.price
       FROM assignment a WHERE n.assignment_id = $1 AND a.id = n.assignment_id AND n.verdict = 'REFUSED' AND NOT n.freed
       RETURNING a.labeler, a.price, a.kind`,
      [assignmentId, reason],
    );
    if (!changed[0]) return;
    await this.pay(manager, round, { assignmentId, lease: changed[0] });
  }

  private async pay(
    manager: EntityManager,
    { job, topUps }: Round,
    { assignmentId, lease }: { assignmentId: string; lease: PaidLease },
  ): Promise<void> {
    const line = { jobId: job.id, labeler: lease.labeler, causeId: assignmentId };
    const amount = BigInt(lease.price);
    const recorded = await this.earnings.record(manager, { ...line, amount, cause: 'ANNOTATION' });
    if (recorded && lease.kind !== 'ADJUDICATION') await this.wages.topUp(manager, topUps, line);
  }

  private async countAppeals(manager: EntityManager, taskId: string): Promise<void> {
    await manager.query(
      `UPDATE labeling_task SET appeals =
         (SELECT count(*) FROM appeal WHERE task_id = $1 AND state = 'OPEN' AND route = 'MORE_LABELS') WHERE id = $1`,
      [taskId],
    );
  }

  /** A refused lease that was claimed on chain is rejected there, inside its window. */
  private async rejectIfClaimed(manager: EntityManager, assignmentId: string): Promise<void> {
    const claimed: unknown[] = await manager.query('SELECT 1 FROM assignment WHERE id = $1 AND claimed', [
      assignmentId,
    ]);
    if (claimed.length > 0) await this.outbox.enqueue(manager, REJECT_LEASE, assignmentId, { assignmentId });
  }
}
