import { randomBytes } from 'node:crypto';
import { Code, toHex } from '@allod/protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { refuse } from '../../common/errors/refusal.ts';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import type { AssignmentKind } from './assignment-kind.ts';
import type { AssignmentState } from './assignment-state.ts';
import type { QualificationEntity } from './qualification.entity.ts';
import { RESERVE_STATE } from './reserve.service.ts';
import type { ReserveState } from './reserve.service.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Tasks begun and waiting for a label that are looked at: about as many as labelers work at once. */
const BEGUN = 200;
/** Tasks that are compared before one is given out. */
const CANDIDATES = 24;
const NOT_HAD = `AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.task_id = t.id AND a.labeler = $2)`;
/** A known item is retired before everybody has seen it. */
const SHOWN_AT_MOST = 30;

export interface PickedTask {
  id: string;
  contribution_id: string;
}

/** What decides whether an account may take a lease. */
export interface LabelerStanding {
  readonly qualification: QualificationEntity['state'] | null;
  readonly adjudicates: boolean;
  readonly live: number;
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
    await lockUntilCommit(manager, `assignment:${jobId}:${labeler}`);
  }

  /**
   * A task that still wants a label and that this labeler has never had. Tasks already begun go first, so that they end; new
   * ones are looked for from a random id on, so that a look costs the same in a job of any size. Among those the labeler gets one whose other labelers were met least often, so that pairs do not keep meeting; among
   * equals the order differs per labeler.
   */
  async pick(manager: EntityManager, jobId: string, labeler: string): Promise<PickedTask | undefined> {
    const [task]: PickedTask[] = await manager.query(
      `WITH met AS MATERIALIZED (
         SELECT o.labeler, count(*) AS times FROM assignment m JOIN assignment o ON o.task_id = m.task_id
         WHERE m.job_id = $1 AND m.labeler = $2 AND o.labeler <> $2 GROUP BY o.labeler
       ), open AS MATERIALIZED (
         (SELECT t.id, t.taken FROM labeling_task t
          WHERE t.job_id = $1 AND t.state = 'OPEN' AND t.taken > 0 AND t.taken < t.overlap ${NOT_HAD}
          ORDER BY t.taken DESC, t.id LIMIT ${BEGUN})
         UNION ALL
         (SELECT t.id, t.taken FROM labeling_task t
          WHERE t.job_id = $1 AND t.appeals > 0 AND t.state <> 'OPEN' AND t.taken < t.overlap ${NOT_HAD} LIMIT ${CANDIDATES})
         UNION ALL
         (SELECT t.id, t.taken FROM labeling_task t
          WHERE t.job_id = $1 AND t.state = 'OPEN' AND t.taken = 0 AND t.id >= $3 ${NOT_HAD} ORDER BY t.id LIMIT ${CANDIDATES})
         UNION ALL
         (SELECT t.id, t.taken FROM labeling_task t
          WHERE t.job_id = $1 AND t.state = 'OPEN' AND t.taken = 0 AND t.id < $3 ${NOT_HAD} ORDER BY t.id LIMIT ${CANDIDATES})
       ), candidate AS MATERIALIZED (
         SELECT t.id, t.taken FROM open t ORDER BY t.taken DESC, md5(t.id || $2), t.id LIMIT ${CANDIDATES}
       ), ranked AS MATERIALIZED (
         SELECT c.id, c.taken,
           (SELECT coalesce(sum(met.times), 0) FROM assignment o JOIN met ON met.labeler = o.labeler WHERE o.task_id = c.id) AS met
         FROM candidate c
       )
       SELECT t.id, t.contribution_id FROM ranked r JOIN labeling_task t ON t.id = r.id
       WHERE (t.state = 'OPEN' OR t.appeals > 0) AND t.taken < t.overlap
       ORDER BY r.taken = 0, r.met, r.taken DESC, md5(t.id || $2), t.id
       LIMIT 1 FOR UPDATE OF t SKIP LOCKED`,
      [jobId, labeler, toHex(randomBytes(32))],
    );
    return task;
  }

  /** A known item that this labeler has never had, the least shown first, so that none becomes well known. */
  async pickGold(manager: EntityManager, jobId: string, labeler: string): Promise<PickedTask | undefined> {
    const [task]: PickedTask[] = await manager
      .query(
        `UPDATE labeling_task SET gold_shown = gold_shown + 1 WHERE id = (
         SELECT t.id FROM labeling_task t
         WHERE t.job_id = $1 AND t.gold_from IS NOT NULL AND t.gold_until IS NULL AND t.state = 'RESOLVED'
           AND t.gold_shown < ${SHOWN_AT_MOST}
           AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.task_id = t.id AND a.labeler = $2)
         ORDER BY t.gold_shown, md5(t.id || $2), t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED)
       RETURNING id, contribution_id`,
        [jobId, labeler],
      )
      .then(([rows]: [PickedTask[], number]) => rows);
    return task;
  }

  /**
   * What waits for a blind decision: first appeals, whose clock runs, then tasks whose labels disagree, then, while the job
   * has few known items, tasks that nobody has labeled. Never one that this account has labeled or decided before.
   */
  async pickForAdjudicator(
    manager: EntityManager,
    jobId: string,
    account: string,
    goldWanted: number,
  ): Promise<PickedTask | undefined> {
    const [task]: PickedTask[] = await manager.query(
      `SELECT t.id, t.contribution_id FROM labeling_task t
       LEFT JOIN LATERAL (
         SELECT min(p.decide_by) AS decide_by, min(p.opened_at) AS opened_at FROM appeal p
         WHERE p.task_id = t.id AND p.state = 'OPEN' AND p.route = 'ADJUDICATION' AND p.decide_by > now()
       ) appealed ON true
       WHERE t.job_id = $1
         AND (appealed.decide_by IS NOT NULL OR t.state = 'ADJUDICATION'
           OR (t.state = 'OPEN' AND t.taken = 0 AND $3 > (SELECT count(*) FROM labeling_task g
             WHERE g.job_id = $1 AND g.gold_from IS NOT NULL AND g.gold_until IS NULL)))
         AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.task_id = t.id AND a.labeler = $2)
         AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.task_id = t.id AND a.kind = 'ADJUDICATION'
           AND (a.state = 'LEASED' OR (a.state = 'SUBMITTED' AND a.ended_at > coalesce(appealed.opened_at, '-infinity'))))
       ORDER BY appealed.decide_by NULLS LAST, t.state = 'OPEN', md5(t.id || $2), t.id
       LIMIT 1 FOR UPDATE OF t SKIP LOCKED`,
      [jobId, account, goldWanted],
    );
    return task;
  }

  /** The item lost its keys since the task was made: an open task ends, and an appeal about it cannot be answered. */
  async takeBack(manager: EntityManager, taskId: string): Promise<void> {
    await manager.query(
      `UPDATE labeling_task SET state = 'CANCELLED', reason = 'ITEM_WITHDRAWN', resolved_at = now()
       WHERE id = $1 AND state IN ('OPEN', 'ADJUDICATION')`,
      [taskId],
    );
    await manager.query('UPDATE labeling_task SET overlap = taken, gold_shown = $2 WHERE id = $1', [
      taskId,
      SHOWN_AT_MOST,
    ]);
    await manager.query(`UPDATE appeal SET decide_by = now() WHERE task_id = $1 AND state = 'OPEN'`, [taskId]);
  }

  async take(manager: EntityManager, taskId: string): Promise<void> {
    await manager.query('UPDATE labeling_task SET taken = taken + 1 WHERE id = $1', [taskId]);
  }

  /** Sets the price of one lease aside; returns the job's money then, null when the escrow does not cover it yet. */
  async commitPrice(manager: EntityManager, jobId: string, price: string): Promise<ReserveState | null> {
    const [rows]: [ReserveState[], number] = await manager.query(
      `UPDATE labeling_job SET committed = committed + $2
       WHERE id = $1 AND state = 'OPEN' AND committed + $2 <= reserved RETURNING ${RESERVE_STATE}`,
      [jobId, price],
    );
    return rows[0] ?? null;
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

  async standingOf(manager: EntityManager, jobId: string, labeler: string): Promise<LabelerStanding> {
    const [row]: LabelerStanding[] = await manager.query(
      `SELECT (SELECT state FROM qualification WHERE job_id = $1 AND labeler = $2) AS qualification,
         EXISTS (SELECT 1 FROM adjudicator WHERE job_id = $1 AND account = $2 AND state = 'ACTIVE') AS adjudicates,
         (SELECT count(*)::int FROM assignment WHERE job_id = $1 AND labeler = $2 AND state = 'LEASED') AS live`,
      [jobId, labeler],
    );
    return row!;
  }

  /** How many of this labeler's leases were for known items. */
  async countTests(manager: EntityManager, jobId: string, labeler: string): Promise<{ tests: number; all: number }> {
    const [row]: { tests: number; all: number }[] = await manager.query(
      `SELECT count(*) FILTER (WHERE kind = 'GOLD')::int AS tests, count(*)::int AS all FROM assignment
       WHERE job_id = $1 AND labeler = $2`,
      [jobId, labeler],
    );
    return row!;
  }

  /** Ends a lease without an annotation and frees its task and its price; false when it had ended already. */
  async release(
    manager: EntityManager,
    id: string,
    state: Extract<AssignmentState, 'SKIPPED' | 'REPORTED' | 'EXPIRED'>,
    reason: string | null = null,
  ): Promise<boolean> {
    const [ended]: [{ task_id: string; job_id: string; price: string; kind: AssignmentKind }[], number] =
      await manager.query(
        `UPDATE assignment SET state = $2, report_reason = $3, ended_at = now() WHERE id = $1 AND state = 'LEASED'
       RETURNING task_id, job_id, price, kind`,
        [id, state, reason],
      );
    const lease = ended[0];
    if (!lease) return false;
    await manager.query('UPDATE labeling_task SET taken = taken - $3, reports = reports + $2 WHERE id = $1', [
      lease.task_id,
      state === 'REPORTED' ? 1 : 0,
      lease.kind === 'LABEL' ? 1 : 0,
    ]);
    await manager.query('UPDATE labeling_job SET committed = committed - $2, news = news + 1 WHERE id = $1', [
      lease.job_id,
      lease.price,
    ]);
    return true;
  }

  /** Moves the end of a live lease; its signature is void and is made again. False when it is no longer live. */
  async extend(
    manager: EntityManager,
    id: string,
    to: { deadline: number; autoApproveAt: number; leaseHash: string; now: number; maxExtensions: number },
  ): Promise<boolean> {
    const [rows]: [unknown[], number] = await manager.query(
      `UPDATE assignment SET deadline = $2, auto_approve_at = $3, lease_hash = $4, lease_signature = NULL,
         extensions = extensions + 1
       WHERE id = $1 AND state = 'LEASED' AND deadline >= $5 AND extensions < $6 RETURNING id`,
      [id, to.deadline, to.autoApproveAt, to.leaseHash, to.now, to.maxExtensions],
    );
    return rows.length > 0;
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
