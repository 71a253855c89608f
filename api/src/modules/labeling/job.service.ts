import { Code, digestOf, jobId as deriveJobId } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { LabelingJobApproveInput, LabelingJobCreateInput } from '../../common/graphql/schema.generated.ts';
import { canTransition } from '../../common/state-machine.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { isSignedBy } from '../../integrations/chain/signatures.ts';
import { SIGNER } from '../../integrations/signer/signer.port.ts';
import type { SignerPort } from '../../integrations/signer/signer.port.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { JobEntity } from './job.entity.ts';
import { checkJobInput } from './job.input.ts';
import { jobTransitions } from './job-state.ts';
import type { JobState } from './job-state.ts';
import { LabelItems } from './label-items.ts';
import { QuizItemEntity } from './quiz-item.entity.ts';
import { ruleHashOf, rulesOf } from './rules.ts';
import { CLOSE_JOB } from './escrow.job.ts';

/** Life of a job: draft, approved by the curator, funded on chain, closed. */
@Injectable()
export class JobService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(SIGNER) private readonly signer: SignerPort,
    @Inject(LabelItems) private readonly items: LabelItems,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  find(id: string): Promise<JobEntity | null> {
    return this.source.manager.findOneBy(JobEntity, { id });
  }

  list(filter: { datasetId?: string | null; state?: JobState | null }): Promise<JobEntity[]> {
    const where = {
      ...(filter.datasetId ? { datasetId: filter.datasetId } : {}),
      ...(filter.state ? { state: filter.state } : {}),
    };
    return this.source.manager.find(JobEntity, { where, order: { createdAt: 'DESC', id: 'ASC' }, take: 200 });
  }

  /** The same draft again is the draft that is there. */
  create(requester: string, input: LabelingJobCreateInput): Promise<JobEntity | Refusal> {
    return answer(async () => {
      checkJobInput(input);
      refuseUnless(await this.items.dataset(input.datasetId), Code.UNKNOWN_DATASET, 'No such dataset');
      const job = this.draft(requester, input, await this.signer.address());
      await this.source.transaction(async (manager) => {
        const { raw } = await manager
          .createQueryBuilder()
          .insert()
          .into(JobEntity)
          .values(job)
          .orIgnore()
          .returning('id')
          .execute();
        if ((raw as unknown[]).length > 0) await manager.insert(QuizItemEntity, quizOf(job.id, input));
      });
      const stored = await this.found(job.id);
      refuseUnless(stored.ruleHash === job.ruleHash, Code.JOB_STATE, 'This salt is taken by a job with other rules');
      return stored;
    });
  }

  approve({ jobId, deadline, signature }: LabelingJobApproveInput): Promise<JobEntity | Refusal> {
    return answer(async () => {
      const job = await this.found(jobId);
      refuseUnless(canTransition(jobTransitions, job.state, 'APPROVED'), Code.JOB_STATE, `The job is ${job.state}`);
      refuseUnless(deadline * 1000 > Date.now(), Code.APPROVAL_EXPIRED, 'The deadline of the approval has passed');
      const curator = (await this.items.dataset(job.datasetId))!.curator;
      const approval = { jobId, datasetId: job.datasetId, requester: job.requester, deadline };
      const digest = digestOf('JobApproval', approval, this.env.CHAIN_ID, this.env.CONTRACTS);
      const signed = await isSignedBy(this.chain, curator, digest, signature);
      refuseUnless(signed, Code.WRONG_SIGNATURE, `The approval is not signed by the curator ${curator}`);
      await this.source.manager.update(
        JobEntity,
        { id: jobId, state: job.state },
        {
          state: 'APPROVED',
          approvalSignature: signature,
          approvalDeadline: String(deadline),
        },
      );
      return this.found(jobId);
    });
  }

  close(account: string, jobId: string): Promise<JobEntity | Refusal> {
    return answer(async () => {
      const job = await this.found(jobId);
      const curator = (await this.items.dataset(job.datasetId))?.curator;
      refuseUnless(
        [job.requester, curator].includes(account),
        Code.FORBIDDEN,
        'Only requester and curator close a job',
      );
      refuseUnless(canTransition(jobTransitions, job.state, 'CLOSED'), Code.JOB_STATE, `The job is ${job.state}`);
      await this.source.transaction(async (manager) => {
        await this.markClosed(manager, jobId);
        if (job.state === 'OPEN') await this.outbox.enqueue(manager, CLOSE_JOB, jobId, { jobId });
      });
      return this.found(jobId);
    });
  }

  /** No lease is signed from here on; the next settlement decides what can be decided. */
  async markClosed(manager: EntityManager, jobId: string): Promise<void> {
    await manager.query(
      `UPDATE labeling_job SET state = 'CLOSED', news = news + 1 WHERE id = $1 AND state <> 'CLOSED'`,
      [jobId],
    );
  }

  private async found(id: string): Promise<JobEntity> {
    return (await this.find(id)) ?? refuse(Code.NOT_FOUND, 'No such job');
  }

  private draft(requester: string, input: LabelingJobCreateInput, signer: string) {
    const { quiz, wageReserve, ...terms } = input;
    const rules = rulesOf({ ...terms, wageReserve, quizSize: quiz.length });
    const id = deriveJobId({
      chainId: this.env.CHAIN_ID,
      labelEscrow: this.env.CONTRACTS.LabelEscrow,
      datasetId: input.datasetId,
      requester,
      salt: input.salt,
    });
    return {
      ...terms,
      wageReserve: wageReserve ?? '0',
      id,
      requester,
      signer,
      rules,
      ruleHash: ruleHashOf(rules),
      state: 'DRAFT' as const,
    };
  }
}

const quizOf = (jobId: string, input: LabelingJobCreateInput) =>
  input.quiz.map((item, position) => ({ jobId, position, ...item }));
