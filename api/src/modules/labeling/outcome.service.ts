import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AnnotationOutcome } from '../../common/graphql/schema.generated.ts';
import { EarningsService } from '../payouts/earnings.service.ts';
import type { Statement } from '../payouts/earnings.service.ts';
import { AppealEntity } from './appeal.entity.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { JobEntity } from './job.entity.ts';
import { patienceOf } from './rules.ts';

const MAX_OUTCOMES = 500;

export type Outcome = Omit<AnnotationOutcome, 'appeal'> & { appeal: AppealEntity | null };

/** A labeler's own view: what was submitted, what it earned and why. */
@Injectable()
export class OutcomeService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(EarningsService) private readonly earnings: EarningsService,
  ) {}

  /** One statement per job on which the account took a quiz. */
  async statements(labeler: string, jobId: string | null): Promise<Statement[]> {
    const rows: { job_id: string }[] = await this.source.query(
      `SELECT job_id FROM qualification WHERE labeler = $1 AND ($2::text IS NULL OR job_id = $2) ORDER BY taken_at DESC, job_id`,
      [labeler, jobId ?? null],
    );
    return Promise.all(rows.map((row) => this.earnings.statement(row.job_id, labeler)));
  }

  async pending(jobId: string, labeler: string): Promise<bigint> {
    const [row]: { pending: string }[] = await this.source.query(
      `SELECT
         (SELECT coalesce(sum(s.price), 0) FROM annotation a JOIN assignment s ON s.id = a.assignment_id
          WHERE a.job_id = $1 AND a.labeler = $2 AND a.verdict = 'PENDING')
         + (SELECT coalesce(sum(q.pay), 0) FROM qualification q
            WHERE q.job_id = $1 AND q.labeler = $2
              AND NOT EXISTS (SELECT 1 FROM earning e WHERE e.cause = 'QUIZ' AND e.cause_id = $1 || ':' || $2)) AS pending`,
      [jobId, labeler],
    );
    return BigInt(row!.pending);
  }

  async outcomes(jobId: string, labeler: string): Promise<Outcome[]> {
    const rows = await this.source.manager.find(AnnotationEntity, {
      where: { jobId, labeler },
      order: { submittedAt: 'DESC', assignmentId: 'ASC' },
      take: MAX_OUTCOMES,
    });
    const appeals = await this.source.manager.find(AppealEntity, { where: { jobId, labeler } });
    const waiting = await this.waitingReason(jobId, labeler);
    const appealOf = new Map(appeals.map((appeal) => [appeal.assignmentId, appeal]));
    return rows.map(({ assignmentId, taskId, value, verdict, reason, evidence, pay, submittedAt, ...rest }) => {
      const appeal = appealOf.get(assignmentId) ?? null;
      const appealable = verdict === 'REFUSED' && !rest.freed && !appeal && rest.appealUntil;
      const appealUntil = appealable && rest.appealUntil! > new Date() ? rest.appealUntil : null;
      const facts = { assignmentId, taskId, jobId, value, verdict, pay, submittedAt };
      const shown = verdict === 'PENDING' && rest.kind !== 'ADJUDICATION' ? waiting : reason;
      return { ...facts, reason: shown, evidence: evidence ?? {}, appealUntil, appeal };
    });
  }

  /** The same for every label that waits: what waits for what would tell which items are known. */
  private async waitingReason(jobId: string, labeler: string): Promise<string> {
    const { rules } = await this.source.manager.findOneByOrFail(JobEntity, { id: jobId });
    const [row]: { given: number }[] = await this.source.query(
      `SELECT count(*)::int AS given FROM annotation WHERE job_id = $1 AND labeler = $2 AND kind <> 'ADJUDICATION'`,
      [jobId, labeler],
    );
    const { holdLabels } = patienceOf(rules);
    return row!.given < holdLabels ? `HELD ${row!.given}/${holdLabels}` : 'PENDING';
  }
}
