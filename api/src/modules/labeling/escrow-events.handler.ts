import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canTransition } from '../../common/state-machine.ts';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import type { ChainEvent } from '../../integrations/chain/chain.port.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { JobEntity } from './job.entity.ts';
import { JobService } from './job.service.ts';
import { jobTransitions } from './job-state.ts';
import { REJECT_LEASE } from './reject-lease.job.ts';
import { ReserveService } from './reserve.service.ts';
import { TaskService } from './task.service.ts';

interface FundedTerms {
  budget: string;
  dailyCap: string;
  quizBudget: string;
  signer: string;
  ruleHash: string;
}

/** What the escrow says about jobs, from confirmed blocks. */
@Injectable()
export class EscrowEventsHandler implements OnModuleInit {
  private readonly log = new Logger('labeling');

  constructor(
    @Inject(ChainEventRegistry) private readonly events: ChainEventRegistry,
    @Inject(JobService) private readonly jobs: JobService,
    @Inject(TaskService) private readonly tasks: TaskService,
    @Inject(ReserveService) private readonly reserve: ReserveService,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  onModuleInit(): void {
    const on = (name: string, apply: (event: ChainEvent, manager: EntityManager, jobId: string) => Promise<unknown>) =>
      this.events.on('LabelEscrow', name, async (event, manager) => {
        await apply(event, manager, String(event.args['jobId']));
      });
    on('JobCreated', ({ args }, manager, jobId) => this.open(manager, jobId, args['params'] as FundedTerms));
    on('ReservedRaised', ({ args }, manager, jobId) =>
      manager.query('UPDATE labeling_job SET reserved = $2 WHERE id = $1', [jobId, args['reserved']]),
    );
    on('LabelersQualified', ({ args }, manager, jobId) => this.qualify(manager, jobId, args['labelers'] as string[]));
    on('LeaseClaimed', ({ args }, manager) => this.claimed(manager, String(args['leaseHash'])));
    on('JobClosed', (_, manager, jobId) => this.jobs.markClosed(manager, jobId));
    for (const name of ['VoucherRedeemed', 'LeaseFinalized']) {
      on(name, ({ args }, manager, jobId) =>
        manager.query('UPDATE labeling_job SET paid = paid + $2 WHERE id = $1', [jobId, args['amount']]),
      );
    }
  }

  /** A job funded under other rules or for another signer is not ours to serve: it stays as it is. */
  private async open(manager: EntityManager, jobId: string, terms: FundedTerms): Promise<void> {
    const job = await manager.findOneBy(JobEntity, { id: jobId });
    if (!job || !canTransition(jobTransitions, job.state, 'OPEN')) return;
    if (job.ruleHash !== terms.ruleHash || job.signer !== terms.signer) {
      this.log.warn({ jobId, terms }, 'job is funded under other terms than its draft');
      return;
    }
    await manager.update(
      JobEntity,
      { id: jobId },
      {
        state: 'OPEN',
        budget: terms.budget,
        dailyCap: terms.dailyCap,
        quizBudget: terms.quizBudget,
      },
    );
    await manager.query('UPDATE labeling_job SET committed = committed + wage_reserve WHERE id = $1', [jobId]);
    await this.tasks.fill(manager, jobId);
    await this.reserve.keepAhead(manager, jobId);
  }

  /** Work that was refused is rejected on chain; work without a verdict gets one when its task is decided. */
  private async claimed(manager: EntityManager, leaseHash: string): Promise<void> {
    const [rows]: [{ id: string }[], number] = await manager.query(
      'UPDATE assignment SET claimed = true WHERE lease_hash = $1 RETURNING id',
      [leaseHash],
    );
    const assignmentId = rows[0]?.id;
    if (!assignmentId) return;
    const refused = await manager.existsBy(AnnotationEntity, { assignmentId, verdict: 'REFUSED' });
    if (refused) await this.outbox.enqueue(manager, REJECT_LEASE, assignmentId, { assignmentId });
  }

  private async qualify(manager: EntityManager, jobId: string, labelers: string[]): Promise<void> {
    await manager.query(
      `UPDATE qualification SET state = 'QUALIFIED' WHERE job_id = $1 AND labeler = ANY ($2) AND state = 'PASSED'`,
      [jobId, labelers],
    );
  }
}
