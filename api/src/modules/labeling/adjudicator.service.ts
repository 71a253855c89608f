import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { getAddress } from 'ethers';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { AdjudicatorEntity } from './adjudicator.entity.ts';
import { LIST_LABELERS } from './escrow.job.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { QualificationEntity } from './qualification.entity.ts';
import { nextWorkerNumber } from './worker-number.ts';

const MAX_ADJUDICATORS = 50;

/** Who may decide: named by the requester, who pays, and accepted by the curator, whose items they see. */
@Injectable()
export class AdjudicatorService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(LabelItems) private readonly items: LabelItems,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  list(jobId: string): Promise<AdjudicatorEntity[]> {
    return this.source.manager.find(AdjudicatorEntity, { where: { jobId }, order: { account: 'ASC' } });
  }

  /** The requester proposes, the curator approves; who is both does both at once. Repeating changes nothing. */
  appoint(by: string, jobId: string, account: string): Promise<JobEntity | Refusal> {
    return answer(async () => {
      const job = await this.source.manager.findOneBy(JobEntity, { id: jobId });
      if (!job) return refuse(Code.NOT_FOUND, 'No such job');
      refuseUnless(job.state !== 'CLOSED', Code.JOB_STATE, 'The job is CLOSED');
      const curator = (await this.items.dataset(job.datasetId))?.curator;
      const roles = { requester: job.requester === by, curator: curator === by };
      refuseUnless(roles.requester || roles.curator, Code.FORBIDDEN, 'Requester and curator appoint adjudicators');
      const named = getAddress(account);
      refuseUnless(named !== job.requester, Code.FORBIDDEN, 'The requester does not judge what it pays for');
      await this.source.transaction((manager) => this.store(manager, jobId, named, roles));
      return job;
    });
  }

  private async store(
    manager: EntityManager,
    jobId: string,
    account: string,
    roles: { requester: boolean; curator: boolean },
  ): Promise<void> {
    if (roles.requester) {
      const many = await manager.countBy(AdjudicatorEntity, { jobId });
      refuseUnless(many < MAX_ADJUDICATORS, Code.BAD_INPUT, `At most ${MAX_ADJUDICATORS} adjudicators`);
      const row = { jobId, account, state: 'PROPOSED' as const };
      await manager.createQueryBuilder().insert().into(AdjudicatorEntity).values(row).orIgnore().execute();
    }
    if (!roles.curator) return;
    const { affected } = await manager.update(AdjudicatorEntity, { jobId, account }, { state: 'ACTIVE' });
    refuseUnless(affected, Code.NOT_FOUND, 'The requester has not proposed this account');
    await this.qualify(manager, jobId, account);
  }

  /** Keepers release label keys to accounts that the escrow lists, so an adjudicator is listed like a labeler. */
  private async qualify(manager: EntityManager, jobId: string, labeler: string): Promise<void> {
    const known = await manager.findOneBy(QualificationEntity, { jobId, labeler });
    refuseUnless(known?.state !== 'FAILED', Code.NOT_QUALIFIED, 'This account has failed the quiz of the job');
    if (known) return;
    await manager.query('SELECT 1 FROM labeling_job WHERE id = $1 FOR UPDATE', [jobId]);
    const worker = await nextWorkerNumber(manager, jobId);
    const facts = { worker, answers: [], correct: 0, total: 0, reason: 'ADJUDICATOR', pay: '0' };
    await manager.insert(QualificationEntity, { jobId, labeler, ...facts, state: 'PASSED' });
    await this.outbox.enqueue(manager, LIST_LABELERS, `${jobId}:${labeler}`, { jobId });
  }
}
