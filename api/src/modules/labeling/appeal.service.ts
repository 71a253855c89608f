import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import { AdjudicatorEntity } from './adjudicator.entity.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { LABELS_PER_APPEAL } from './appeal-decision.ts';
import { AppealEntity } from './appeal.entity.ts';
import type { AppealRoute } from './appeal-state.ts';
import { AssignmentRepository } from './assignment.repository.ts';
import { JobEntity } from './job.entity.ts';
import { appealClockSecondsOf } from './rules.ts';

const MAX_TEXT = 1_000;
/** Open at once per labeler and job. */
const MAX_OPEN = 10;
/** After so many appeals of which none was right, no more are taken. */
const DENIED_TO_STOP = 10;

/** Takes a labeler's objection to one refusal, once, and says what it waits for. */
@Injectable()
export class AppealService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(AssignmentRepository) private readonly assignments: AssignmentRepository,
  ) {}

  /** The same appeal again is the appeal that is there. */
  open(labeler: string, assignmentId: string, text: string): Promise<AppealEntity | Refusal> {
    return answer(async () => {
      const words = text.trim();
      refuseUnless(words.length > 0 && words.length <= MAX_TEXT, Code.BAD_INPUT, `text: 1 to ${MAX_TEXT} characters`);
      const assignment = await this.assignments.owned(this.source.manager, labeler, assignmentId);
      const known = await this.source.manager.findOneBy(AppealEntity, { assignmentId });
      if (!known) {
        await this.source.transaction(async (manager) => {
          await this.assignments.lockLabeler(manager, assignment.jobId, labeler);
          await this.store(manager, assignmentId, words);
        });
      }
      return (await this.source.manager.findOneBy(AppealEntity, { assignmentId }))!;
    });
  }

  private async store(manager: EntityManager, assignmentId: string, text: string): Promise<void> {
    if (await manager.existsBy(AppealEntity, { assignmentId })) return;
    const annotation = await manager.findOneBy(AnnotationEntity, { assignmentId });
    if (!annotation) return refuse(Code.NOT_FOUND, 'Nothing was submitted for this assignment');
    const { jobId, taskId, labeler } = annotation;
    await this.checkLimits(manager, jobId, labeler);
    const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
    const route = await this.routeOf(manager, job);
    const wanted = await this.wantLabels(manager, taskId, route);
    const [held]: [{ reason: string }[], number] = await manager.query(
      `UPDATE annotation SET appeal_until = 'infinity'
       WHERE assignment_id = $1 AND verdict = 'REFUSED' AND NOT freed AND appeal_until > now() RETURNING reason`,
      [assignmentId],
    );
    const refused = held[0];
    if (!refused) {
      const why = annotation.verdict === 'REFUSED' ? 'The time for an appeal is over' : `It is ${annotation.verdict}`;
      return refuse(Code.JOB_STATE, why, { verdict: annotation.verdict });
    }
    await manager.query(
      `INSERT INTO appeal (assignment_id, job_id, task_id, labeler, text, route, wanted, reason, refused_for, decide_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + $10 * interval '1 second')`,
      [
        assignmentId,
        jobId,
        taskId,
        labeler,
        text,
        route,
        wanted,
        `APPEAL_OPEN ${route}`,
        refused.reason,
        appealClockSecondsOf(job.rules),
      ],
    );
    await manager.query('UPDATE labeling_job SET news = news + 1 WHERE id = $1', [jobId]);
  }

  /** Whoever is wrong ten times in a row has used up the time of others. */
  private async checkLimits(manager: EntityManager, jobId: string, labeler: string): Promise<void> {
    const [row]: { open: number; upheld: number; denied: number }[] = await manager.query(
      `SELECT count(*) FILTER (WHERE state = 'OPEN')::int AS open, count(*) FILTER (WHERE state = 'UPHELD')::int AS upheld,
         count(*) FILTER (WHERE state = 'DENIED')::int AS denied
       FROM appeal WHERE job_id = $1 AND labeler = $2`,
      [jobId, labeler],
    );
    const { open, upheld, denied } = row!;
    refuseUnless(open < MAX_OPEN, Code.RATE_LIMITED, `Wait for one of the ${open} open appeals`);
    const heard = denied < DENIED_TO_STOP || upheld > 0;
    refuseUnless(heard, Code.FORBIDDEN, `${denied} appeals of this account were denied and none was right`);
  }

  private async routeOf(manager: EntityManager, job: JobEntity): Promise<AppealRoute> {
    const adjudicators = await manager.existsBy(AdjudicatorEntity, { jobId: job.id, state: 'ACTIVE' });
    return adjudicators && job.state === 'OPEN' ? 'ADJUDICATION' : 'MORE_LABELS';
  }

  /** Opens the task for labels of others; returns how many it should have. */
  private async wantLabels(manager: EntityManager, taskId: string, route: AppealRoute): Promise<number> {
    const more = route === 'MORE_LABELS' ? 1 : 0;
    const [rows]: [{ wanted: number }[], number] = await manager.query(
      `UPDATE labeling_task t SET appeals = appeals + $2,
         overlap = CASE WHEN $2 = 1 THEN greatest(overlap, taken + $3) ELSE overlap END
       WHERE id = $1
       RETURNING (SELECT count(*)::int FROM annotation n WHERE n.task_id = t.id AND n.kind <> 'ADJUDICATION') + $3 AS wanted`,
      [taskId, more, LABELS_PER_APPEAL],
    );
    return rows[0]!.wanted;
  }
}
