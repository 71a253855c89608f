import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { EarningsService } from '../payouts/earnings.service.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { QualificationEntity } from './qualification.entity.ts';
import { QuizItemEntity } from './quiz-item.entity.ts';
import { stoppingRuleOf } from './rules.ts';
import { settle } from './settlement.ts';
import type { SettlementInput } from './settlement.ts';
import { SettlementWriter } from './settlement.writer.ts';
import { TaskEntity } from './task.entity.ts';

const SETTLE_EVERY_MS = 200;

/**
 * Runs the consensus of jobs that have news and writes what follows in one transaction per job. Rows are locked in the
 * order task, job, as everywhere in this module.
 */
@Injectable()
export class SettlementService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(LabelItems) private readonly items: LabelItems,
    @Inject(SettlementWriter) private readonly writer: SettlementWriter,
  ) {}

  onModuleInit(): void {
    this.registry.every('labeling.settle', SETTLE_EVERY_MS, () => this.settleAll());
  }

  async settleAll(): Promise<void> {
    const jobs: { id: string }[] = await this.source.query('SELECT id FROM labeling_job WHERE news > settled_news');
    for (const { id } of jobs) await this.settleJob(id);
  }

  /** `news` is read before the rows it speaks of, so what comes while this runs leaves the job due again. */
  settleJob(jobId: string): Promise<void> {
    return this.source.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`settle:${jobId}`]);
      const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
      const { outcomes, asks } = settle(await this.inputOf(manager, job));
      for (const ask of asks) await this.writer.ask(manager, ask.taskId, ask.overlap);
      for (const outcome of outcomes) {
        const item = await this.writer.decide(manager, job, outcome);
        if (item) await this.items.decide(manager, item, outcome);
      }
      await this.writer.payCancelled(manager, job);
      await this.writer.creditQuizzes(manager, job);
      await this.writer.moveSettledThrough(manager, jobId);
      const labelers = await this.writer.finish(manager, job);
      for (const labeler of labelers) await this.earnings.announce(manager, jobId, labeler);
    });
  }

  private async inputOf(manager: EntityManager, job: JobEntity): Promise<SettlementInput> {
    const tasks = await manager.find(TaskEntity, { where: { jobId: job.id, state: 'OPEN' } });
    const quiz = await manager.find(QuizItemEntity, { where: { jobId: job.id }, order: { position: 'ASC' } });
    const quizzes = await manager.find(QualificationEntity, { where: { jobId: job.id } });
    const annotations = await manager.find(AnnotationEntity, { where: { jobId: job.id } });
    return {
      labels: job.labels,
      rule: stoppingRuleOf(job.rules),
      final: job.state === 'CLOSED',
      gold: quiz.map((item) => item.answer),
      quizzes: quizzes.filter(({ state }) => state !== 'FAILED'),
      tasks,
      annotations,
    };
  }
}
