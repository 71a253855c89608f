import { Code } from '@allod/protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { refuse } from '../../common/errors/refusal.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import type { AssignmentState } from './assignment-state.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface PickedTask {
  id: string;
  contribution_id: string;
}

/** The statements that keep counters, leases and the escrow's promise in step. All run in the caller's transaction. */
@Injectable()
export class AssignmentRepository {
  /** Refuses ids that are malformed, unknown or of another labeler, all alike. */
  async owned(manager: EntityManager, labeler: string, id: string): Promise<AssignmentEntity> {
    const found = UUID.test(id) ? await manager.findOneBy(AssignmentEntity, { id, labeler }) : null;
    return found ?? refuse(Code.NOT_FOUND, 'No such assignment of this account');
  }

  /** One labeler's requests on one job wait for each other; nobody else does. */
  async lockLabeler(manager: EntityManager, jobId: string, labeler: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`assignment:${jobId}:${labeler}`]);
  }

  /**
   * A task that still wants a label and that this labeler has never had. Tasks already begun go first, so that they end;
   * among equals the order differs per labeler, so that pairs of labelers do not always meet.
   */
  async pick(manager: EntityManager, jobId: string, labeler: string): Promise<PickedTask | undefined> {
    const [task]: PickedTask[] = await manager.query(
      `SELECT t.id, t.contribution_id FROM labeling_task t
       WHERE t.job_id = $1 AND t.state = 'OPEN' AND t.taken < t.overlap
         AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.task_id = t.id AND a.labeler = $2)
       ORDER BY t.taken DESC, md5(t.id || $2), t.id
       LIMIT 1 FOR UPDATE OF t SKIP LOCKED`,
      [jobId, labeler],
    );
    return task;
  }

  /** The item lost its keys since the task was made. */
  async takeBack(manager: EntityManager, taskId: string): Promise<void> {
    await manager.query(
      `UPDATE labeling_task SET state = 'CANCELLED', reason = 'ITEM_WITHDRAWN', resolved_at = now() WHERE id = $1`,
      [taskId],
    );
  }

  async take(manager: EntityManager, taskId: string): Promise<void> {
    await manager.query('UPDATE labeling_task SET taken = taken + 1 WHERE id = $1', [taskId]);
  }

  /** Sets the price of one lease aside; false when the escrow does not cover it yet. */
  async commitPrice(manager: EntityManager, jobId: string): Promise<boolean> {
    const [rows]: [unknown[], number] = await manager.query(
      `UPDATE labeling_job SET committed = committed + price
       WHERE id = $1 AND state = 'OPEN' AND committed + price <= reserved RETURNING id`,
      [jobId],
    );
    return rows.length > 0;
  }

  /** The next autoApproveAt of a labeler on a job: at least `earliest`, and above every earlier one. */
  async nextAutoApproveAt(manager: EntityManager, jobId: string, labeler: string, earliest: number): Promise<number> {
    const [row]: { at: string }[] = await manager.query(
      `SELECT greatest($3::bigint, coalesce(max(auto_approve_at) + 1, 0)) AS at FROM assignment
       WHERE job_id = $1 AND labeler = $2`,
      [jobId, labeler, earliest],
    );
    return Number(row!.at);
  }

  async countLive(manager: EntityManager, jobId: string, labeler: string): Promise<number> {
    const [row]: { live: number }[] = await manager.query(
      `SELECT count(*)::int AS live FROM assignment WHERE job_id = $1 AND labeler = $2 AND state = 'LEASED'`,
      [jobId, labeler],
    );
    return row!.live;
  }

  /** Ends a lease without an annotation and frees its task and its price; false when it had ended already. */
  async release(
    manager: EntityManager,
    id: string,
    state: Extract<AssignmentState, 'SKIPPED' | 'REPORTED' | 'EXPIRED'>,
    reason: string | null = null,
  ): Promise<boolean> {
    const [ended]: [{ task_id: string; job_id: string; price: string }[], number] = await manager.query(
      `UPDATE assignment SET state = $2, report_reason = $3, ended_at = now() WHERE id = $1 AND state = 'LEASED'
       RETURNING task_id, job_id, price`,
      [id, state, reason],
    );
    const lease = ended[0];
    if (!lease) return false;
    await manager.query('UPDATE labeling_task SET taken = taken - 1, reports = reports + $2 WHERE id = $1', [
      lease.task_id,
      state === 'REPORTED' ? 1 : 0,
    ]);
    await manager.query('UPDATE labeling_job SET committed = committed - $2, news = news + 1 WHERE id = $1', [
      lease.job_id,
      lease.price,
    ]);
    return true;
  }

  /** A lease whose deadline has passed and that nobody else is ending; locked. */
  async oldestExpired(manager: EntityManager, now: number): Promise<string | undefined> {
    const [lease]: { id: string }[] = await manager.query(
      `SELECT id FROM assignment WHERE state = 'LEASED' AND deadline < $1 ORDER BY deadline, id
       LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [now],
    );
    return lease?.id;
  }
}
