import { Code, hashStruct } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { Assignment } from '../../common/graphql/schema.generated.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { AssignmentRepository } from './assignment.repository.ts';
import type { PickedTask } from './assignment.repository.ts';
import { AssignmentViews } from './assignment.views.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { leaseOf } from './lease.policy.ts';
import { QualificationEntity } from './qualification.entity.ts';
import { ReserveService } from './reserve.service.ts';
import { TaskService } from './task.service.ts';

const MAX_LIVE_LEASES = 10;
const MAX_REASON = 500;
/** A raise of the reserve takes a few blocks; raises are asked ahead, so this wait is rare. */
const RESERVE_ATTEMPTS = 12;
const RESERVE_WAIT_MS = 250;

/** Leases: accept, skip, report. */
@Injectable()
export class AssignmentService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(AssignmentRepository) private readonly repository: AssignmentRepository,
    @Inject(AssignmentViews) private readonly views: AssignmentViews,
    @Inject(TaskService) private readonly tasks: TaskService,
    @Inject(ReserveService) private readonly reserve: ReserveService,
    @Inject(LabelItems) private readonly items: LabelItems,
  ) {}

  /** The row is committed first; the signer reads it and signs the lease; only then is it handed out. */
  accept(labeler: string, jobId: string): Promise<Assignment | Refusal> {
    return answer(async () => {
      for (let attempt = 0; attempt < RESERVE_ATTEMPTS; attempt += 1) {
        const id = await this.source.transaction((manager) => this.lease(manager, labeler, jobId));
        if (id) return this.views.leased(id);
        await sleep(RESERVE_WAIT_MS);
      }
      return refuse(Code.RESERVE_PENDING, 'The escrow is being raised for more leases; ask again in a moment');
    });
  }

  async mine(labeler: string, jobId: string | null): Promise<Assignment[]> {
    const rows = await this.source.manager.find(AssignmentEntity, {
      where: { labeler, ...(jobId ? { jobId } : {}) },
      order: { leasedAt: 'DESC', id: 'ASC' },
      take: 100,
    });
    return this.views.all(rows);
  }

  skip(labeler: string, id: string): Promise<Assignment | Refusal> {
    return this.end(labeler, id, 'SKIPPED', null);
  }

  report(labeler: string, id: string, reason: string): Promise<Assignment | Refusal> {
    return this.end(labeler, id, 'REPORTED', reason.slice(0, MAX_REASON));
  }

  /** Null when the escrow has to be raised first; that request is committed. */
  private async lease(manager: EntityManager, labeler: string, jobId: string): Promise<string | null> {
    await this.repository.lockLabeler(manager, jobId, labeler);
    const job = await manager.findOneBy(JobEntity, { id: jobId });
    if (!job) refuse(Code.NOT_FOUND, 'No such job');
    refuseUnless(job.state === 'OPEN', Code.JOB_STATE, `The job is ${job.state}`);
    await this.checkLabeler(manager, labeler, jobId);
    const task = await this.pick(manager, jobId, labeler);
    refuseUnless(task, Code.NO_TASK, 'Nothing is left for this account now');
    const covered = await this.repository.commitPrice(manager, jobId);
    await this.reserve.keepAhead(manager, jobId);
    if (!covered) {
      const left = BigInt(job.budget) - BigInt(job.committed) >= BigInt(job.price);
      refuseUnless(left, Code.ESCROW_EXHAUSTED, 'The budget of this job is used up');
      return null;
    }
    await this.repository.take(manager, task.id);
    const deadline = Math.floor(Date.now() / 1000) + job.rules.leaseSeconds;
    const autoApproveAt = await this.repository.nextAutoApproveAt(
      manager,
      jobId,
      labeler,
      deadline + job.rules.reviewSeconds,
    );
    const id = randomUUID();
    const facts = { jobId, taskId: task.id, labeler, price: job.price, deadline: String(deadline) };
    const lease = { ...facts, autoApproveAt: String(autoApproveAt) };
    const leaseHash = hashStruct('Lease', leaseOf(lease, job));
    await manager.insert(AssignmentEntity, {
      ...lease,
      id,
      leaseHash,
      contributionId: task.contribution_id,
      state: 'LEASED',
    });
    return id;
  }

  private async checkLabeler(manager: EntityManager, labeler: string, jobId: string): Promise<void> {
    const qualification = await manager.findOneBy(QualificationEntity, { jobId, labeler });
    const text = qualification ? `The account is ${qualification.state}` : 'Take the quiz first';
    refuseUnless(qualification?.state === 'QUALIFIED', Code.NOT_QUALIFIED, text, {
      state: qualification?.state ?? 'NONE',
    });
    const live = await this.repository.countLive(manager, jobId, labeler);
    refuseUnless(live < MAX_LIVE_LEASES, Code.TOO_MANY_LEASES, `Finish or skip one of the ${live} open assignments`);
  }

  /** Items that came since the last look become tasks before the answer is "nothing left". */
  private async pick(manager: EntityManager, jobId: string, labeler: string): Promise<PickedTask | undefined> {
    const task = await this.pickOpenable(manager, jobId, labeler);
    if (task) return task;
    const found = await this.tasks.fill(manager, jobId);
    return found > 0 ? this.pickOpenable(manager, jobId, labeler) : undefined;
  }

  private async pickOpenable(manager: EntityManager, jobId: string, labeler: string): Promise<PickedTask | undefined> {
    for (;;) {
      const task = await this.repository.pick(manager, jobId, labeler);
      if (!task || (await this.items.hasKey(manager, task.contribution_id))) return task;
      await this.repository.takeBack(manager, task.id);
    }
  }

  private end(labeler: string, id: string, state: 'SKIPPED' | 'REPORTED', reason: string | null) {
    return answer(async () => {
      const assignment = await this.repository.owned(this.source.manager, labeler, id);
      const ended = await this.source.transaction((manager) => this.repository.release(manager, id, state, reason));
      refuseUnless(
        ended || assignment.state === state,
        Code.ALREADY_SUBMITTED,
        `The assignment is ${assignment.state}`,
      );
      return this.views.one(id);
    });
  }
}
