import { Code, hashStruct } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { Assignment } from '../../common/graphql/schema.generated.ts';
import type { AssignmentKind } from './assignment-kind.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { AssignmentRepository } from './assignment.repository.ts';
import type { LabelerStanding, PickedTask } from './assignment.repository.ts';
import { AssignmentViews } from './assignment.views.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { leaseOf } from './lease.policy.ts';
import { ReserveService } from './reserve.service.ts';
import { adjudicationPriceOf, isOurScorer, MAX_EXTENSIONS } from './rules.ts';
import { TaskService } from './task.service.ts';
import { paysItsFloor } from './wage-floor.ts';

const MAX_LIVE_LEASES = 10;
const MAX_REASON = 500;
/** While there are fewer known items, adjudicators label for gold. */
const GOLD_TO_BEGIN_WITH = 10;
/** A raise of the reserve takes a few blocks; raises are asked ahead, so this wait is rare. */
const RESERVE_ATTEMPTS = 12;
const RESERVE_WAIT_MS = 250;

/** Leases: accept, extend, skip, report. */
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
    return this.handOut((manager) => this.leaseLabel(manager, labeler, jobId));
  }

  /** The next item for a blind decision. */
  adjudicate(account: string, jobId: string): Promise<Assignment | Refusal> {
    return this.handOut((manager) => this.leaseDecision(manager, account, jobId));
  }

  /** Moves the deadline of a live lease by its first length, a few times. */
  extend(labeler: string, id: string): Promise<Assignment | Refusal> {
    return answer(async () => {
      const assignment = await this.repository.owned(this.source.manager, labeler, id);
      const job = await this.source.manager.findOneByOrFail(JobEntity, { id: assignment.jobId });
      const now = Math.floor(Date.now() / 1000);
      const extended = await this.source.transaction(async (manager) => {
        await this.repository.lockLabeler(manager, job.id, labeler);
        const times = await this.timesOf(manager, job, labeler, Math.max(now, Number(assignment.deadline)));
        const leaseHash = hashStruct('Lease', leaseOf({ ...assignment, ...times }, job));
        const to = { deadline: Number(times.deadline), autoApproveAt: Number(times.autoApproveAt), leaseHash };
        return this.repository.extend(manager, id, { ...to, now, maxExtensions: MAX_EXTENSIONS });
      });
      refuseUnless(extended, Code.LEASE_EXPIRED, `A live lease is extended at most ${MAX_EXTENSIONS} times`);
      return this.views.leased(id);
    });
  }

  private handOut(lease: (manager: EntityManager) => Promise<string | null>): Promise<Assignment | Refusal> {
    return answer(async () => {
      for (let attempt = 0; attempt < RESERVE_ATTEMPTS; attempt += 1) {
        const id = await this.source.transaction(lease);
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
  private async leaseLabel(manager: EntityManager, labeler: string, jobId: string): Promise<string | null> {
    const job = await this.openJob(manager, jobId, labeler);
    this.checkLabeler(await this.repository.standingOf(manager, jobId, labeler));
    refuseUnless(paysItsFloor(job), Code.JOB_STATE, 'At the measured pace this job pays less than its wage floor');
    const open = await this.pick(manager, jobId, labeler);
    const known = (await this.isTestDue(manager, job, labeler, open !== undefined))
      ? await this.pickOpenable(manager, () => this.repository.pickGold(manager, jobId, labeler))
      : undefined;
    const task = known ?? open;
    refuseUnless(task, Code.NO_TASK, 'Nothing is left for this account now');
    return this.lease(manager, job, { labeler, task, kind: known ? 'GOLD' : 'LABEL', price: job.price });
  }

  /** By chance; with nothing else left only up to the share, so that nobody is paid for known items alone. */
  private async isTestDue(manager: EntityManager, job: JobEntity, labeler: string, open: boolean): Promise<boolean> {
    const share = job.rules.hiddenGoldBps ?? 0;
    if (randomInt(10_000) >= share) return false;
    if (open) return true;
    const { tests, all } = await this.repository.countTests(manager, job.id, labeler);
    return tests * 10_000 < share * (all + 1);
  }

  private async leaseDecision(manager: EntityManager, account: string, jobId: string): Promise<string | null> {
    const job = await this.openJob(manager, jobId, account);
    const standing = await this.repository.standingOf(manager, jobId, account);
    refuseUnless(standing.adjudicates, Code.FORBIDDEN, 'This account is no adjudicator of this job');
    this.checkListed(standing);
    const wanted = job.rules.hiddenGoldBps > 0 ? GOLD_TO_BEGIN_WITH : 0;
    const task = await this.pickOpenable(manager, () =>
      this.repository.pickForAdjudicator(manager, jobId, account, wanted),
    );
    refuseUnless(task, Code.NO_TASK, 'Nothing waits for a decision now');
    const price = adjudicationPriceOf(job.rules);
    return this.lease(manager, job, { labeler: account, task, kind: 'ADJUDICATION', price });
  }

  private async openJob(manager: EntityManager, jobId: string, labeler: string): Promise<JobEntity> {
    await this.repository.lockLabeler(manager, jobId, labeler);
    const job = await manager.findOneBy(JobEntity, { id: jobId });
    if (!job) refuse(Code.NOT_FOUND, 'No such job');
    refuseUnless(job.state === 'OPEN', Code.JOB_STATE, `The job is ${job.state}`);
    refuseUnless(isOurScorer(job.rules), Code.SCORER_CHANGED, 'This server judges by another scorer than the job does');
    return job;
  }

  private async lease(
    manager: EntityManager,
    job: JobEntity,
    { labeler, task, kind, price }: { labeler: string; task: PickedTask; kind: AssignmentKind; price: string },
  ): Promise<string | null> {
    const committed = await this.repository.commitPrice(manager, job.id, price);
    await this.reserve.keepAhead(manager, job.id, committed);
    if (!committed) {
      const left = BigInt(job.budget) - BigInt(job.committed) >= BigInt(price);
      refuseUnless(left, Code.ESCROW_EXHAUSTED, 'The budget of this job is used up');
      return null;
    }
    if (kind === 'LABEL') await this.repository.take(manager, task.id);
    const times = await this.timesOf(manager, job, labeler, Math.floor(Date.now() / 1000));
    const id = randomUUID();
    const lease = { jobId: job.id, taskId: task.id, labeler, price, ...times };
    const leaseHash = hashStruct('Lease', leaseOf(lease, job));
    const contributionId = task.contribution_id;
    await manager.insert(AssignmentEntity, { ...lease, id, kind, leaseHash, contributionId, state: 'LEASED' });
    return id;
  }

  private async timesOf(
    manager: EntityManager,
    job: JobEntity,
    labeler: string,
    from: number,
  ): Promise<{ deadline: string; autoApproveAt: string }> {
    const deadline = from + job.rules.leaseSeconds;
    const earliest = deadline + job.rules.reviewSeconds;
    const autoApproveAt = await this.repository.nextAutoApproveAt(manager, job.id, labeler, earliest);
    return { deadline: String(deadline), autoApproveAt: String(autoApproveAt) };
  }

  private checkLabeler({ adjudicates, ...standing }: LabelerStanding): void {
    refuseUnless(!adjudicates, Code.FORBIDDEN, 'Adjudicators decide blindly, so they do not label in the same job');
    this.checkListed(standing);
  }

  private checkListed({ qualification, live }: Omit<LabelerStanding, 'adjudicates'>): void {
    const text = qualification ? `The account is ${qualification}` : 'Take the quiz first';
    refuseUnless(qualification === 'QUALIFIED', Code.NOT_QUALIFIED, text, { state: qualification ?? 'NONE' });
    refuseUnless(live < MAX_LIVE_LEASES, Code.TOO_MANY_LEASES, `Finish or skip one of the ${live} open assignments`);
  }

  /** Items that came since the last look become tasks before the answer is "nothing left". */
  private async pick(manager: EntityManager, jobId: string, labeler: string): Promise<PickedTask | undefined> {
    const next = () => this.repository.pick(manager, jobId, labeler);
    const task = await this.pickOpenable(manager, next);
    if (task) return task;
    const found = await this.tasks.fill(manager, jobId);
    return found > 0 ? this.pickOpenable(manager, next) : undefined;
  }

  private async pickOpenable(
    manager: EntityManager,
    next: () => Promise<PickedTask | undefined>,
  ): Promise<PickedTask | undefined> {
    for (;;) {
      const task = await next();
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
