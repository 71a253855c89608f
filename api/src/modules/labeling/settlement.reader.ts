import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AdjudicatorEntity } from './adjudicator.entity.ts';
import type { AppealRoute } from './appeal-state.ts';
import type { JobEntity } from './job.entity.ts';
import { QuizItemEntity } from './quiz-item.entity.ts';
import { patienceOf, stoppingRuleOf } from './rules.ts';
import type { KnownTask, OpenAppeal, OpenTask, SettlementInput, SubmittedAnnotation } from './settlement-types.ts';

/**
 * Reads what a settlement depends on. What is read gets the number of the round, so that it can be run again. Labelers go
 * by their number in the job, so that what is published sums in the same order without naming accounts.
 */
@Injectable()
export class SettlementReader {
  async read(manager: EntityManager, job: JobEntity, round: number): Promise<SettlementInput> {
    const facts = [job.id, round];
    await manager.query('UPDATE annotation SET round = $2 WHERE job_id = $1 AND round IS NULL', facts);
    await manager.query('UPDATE qualification SET round = $2 WHERE job_id = $1 AND round IS NULL', facts);
    const quiz = await manager.find(QuizItemEntity, { where: { jobId: job.id }, order: { position: 'ASC' } });
    return {
      labels: job.labels,
      rule: stoppingRuleOf(job.rules),
      patience: patienceOf(job.rules),
      final: job.state === 'CLOSED',
      adjudicators: await manager.existsBy(AdjudicatorEntity, { jobId: job.id, state: 'ACTIVE' }),
      gold: quiz.map((item) => item.answer),
      quizzes: await this.quizzes(manager, job.id),
      hiddenGold: await this.hiddenGold(manager, job.id),
      tasks: await this.tasks(manager, job.id),
      annotations: await this.annotations(manager, job.id),
      adjudications: await this.adjudications(manager, job.id),
      appeals: await this.appeals(manager, job.id),
    };
  }

  private quizzes(manager: EntityManager, jobId: string): Promise<{ labeler: string; answers: string[] }[]> {
    return manager.query(
      `SELECT lpad(worker::text, 9, '0') AS labeler, answers FROM qualification WHERE job_id = $1 AND state <> 'FAILED' AND round IS NOT NULL`,
      [jobId],
    );
  }

  private hiddenGold(manager: EntityManager, jobId: string): Promise<KnownTask[]> {
    return manager.query(
      `SELECT id AS "taskId", gold_label AS label FROM labeling_task
       WHERE job_id = $1 AND gold_from IS NOT NULL AND gold_until IS NULL ORDER BY id COLLATE "C"`,
      [jobId],
    );
  }

  private tasks(manager: EntityManager, jobId: string): Promise<OpenTask[]> {
    return manager.query(
      `SELECT id, taken, reports, state = 'ADJUDICATION' AS disputed FROM labeling_task
       WHERE job_id = $1 AND state IN ('OPEN', 'ADJUDICATION')`,
      [jobId],
    );
  }

  /** A label is late when its task is decided and no appeal waits for it. */
  private annotations(manager: EntityManager, jobId: string): Promise<SubmittedAnnotation[]> {
    return manager.query(
      `SELECT n.assignment_id AS "assignmentId", n.task_id AS "taskId", lpad(q.worker::text, 9, '0') AS labeler,
         n.value, n.kind, n.round,
         n.too_fast AS "tooFast", n.verdict = 'PENDING' AS pending,
         n.verdict = 'PENDING' AND a.auto_approve_at <= extract(epoch FROM now()) AS overdue,
         n.verdict = 'PENDING' AND t.state IN ('RESOLVED', 'UNRESOLVED') AND t.appeals = 0 AS late
       FROM annotation n JOIN assignment a ON a.id = n.assignment_id JOIN labeling_task t ON t.id = n.task_id
         JOIN qualification q ON q.job_id = n.job_id AND q.labeler = n.labeler
       WHERE n.job_id = $1 AND n.kind <> 'ADJUDICATION' AND n.round IS NOT NULL
       ORDER BY n.assignment_id`,
      [jobId],
    );
  }

  private adjudications(manager: EntityManager, jobId: string): Promise<KnownTask[]> {
    return manager.query(
      `SELECT DISTINCT ON (n.task_id) n.task_id AS "taskId", n.value AS label
       FROM annotation n JOIN labeling_task t ON t.id = n.task_id
       WHERE n.job_id = $1 AND n.kind = 'ADJUDICATION' AND n.round IS NOT NULL AND t.state IN ('OPEN', 'ADJUDICATION')
       ORDER BY n.task_id, n.received_at DESC, n.assignment_id`,
      [jobId],
    );
  }

  private appeals(manager: EntityManager, jobId: string): Promise<OpenAppeal[]> {
    return manager.query<(OpenAppeal & { route: AppealRoute })[]>(
      `SELECT p.assignment_id AS "assignmentId", p.task_id AS "taskId", lpad(q.worker::text, 9, '0') AS labeler,
         n.value, p.route, p.wanted,
         t.taken > t.submitted AS busy, p.decide_by <= now() AS overdue,
         (SELECT j.value FROM annotation j
          WHERE j.task_id = p.task_id AND j.kind = 'ADJUDICATION' AND j.submitted_at > p.opened_at AND j.round IS NOT NULL
          ORDER BY j.submitted_at, j.assignment_id LIMIT 1) AS adjudicated
       FROM appeal p JOIN annotation n ON n.assignment_id = p.assignment_id JOIN labeling_task t ON t.id = p.task_id
         JOIN qualification q ON q.job_id = p.job_id AND q.labeler = p.labeler
       WHERE p.job_id = $1 AND p.state = 'OPEN' ORDER BY p.assignment_id`,
      [jobId],
    );
  }
}
