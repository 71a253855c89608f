import { Code } from '@allod/protocol';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { EarningsService } from '../payouts/earnings.service.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { isOurScorer, SCORER } from './rules.ts';
import { SettlementReader } from './settlement.reader.ts';
import { SettlementRunner } from './settlement.runner.ts';
import { SettlementWriter } from './settlement.writer.ts';
import { WageFloorService } from './wage-floor.service.ts';

const SETTLE_EVERY_MS = 200;

/**
 * Runs the consensus of jobs that have news and writes what follows in one transaction per job. Rows are locked in the
 * order task, job, as everywhere in this module.
 */
@Injectable()
export class SettlementService implements OnModuleInit {
  private readonly logger = new Logger(SettlementService.name);
  /** Jobs of another scorer, each named in the log once. */
  private readonly left = new Set<string>();

  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(EarningsService) private readonly earnings: EarningsService,
    @Inject(LabelItems) private readonly items: LabelItems,
    @Inject(SettlementReader) private readonly reader: SettlementReader,
    @Inject(SettlementRunner) private readonly runner: SettlementRunner,
    @Inject(SettlementWriter) private readonly writer: SettlementWriter,
    @Inject(WageFloorService) private readonly wages: WageFloorService,
  ) {}

  onModuleInit(): void {
    this.registry.every('labeling.settle', SETTLE_EVERY_MS, () => this.settleAll());
  }

  /** News, or a clock that ran out: for a verdict, for the answer to an appeal, for appealing. */
  async settleAll(): Promise<void> {
    const jobs: { id: string }[] = await this.source.query(
      `SELECT id FROM labeling_job WHERE news > settled_news
       UNION SELECT n.job_id FROM annotation n JOIN assignment a ON a.id = n.assignment_id
         WHERE n.verdict = 'PENDING' AND a.auto_approve_at <= extract(epoch FROM now())
       UNION SELECT job_id FROM appeal WHERE state = 'OPEN' AND decide_by <= now()
       UNION SELECT job_id FROM annotation WHERE verdict = 'REFUSED' AND NOT freed AND appeal_until <= now()`,
    );
    for (const { id } of jobs) await this.settleJob(id);
  }

  /** `news` is read before the rows it speaks of, so what comes while this runs leaves the job due again. */
  settleJob(jobId: string): Promise<void> {
    return this.source.transaction(async (manager) => {
      await lockUntilCommit(manager, `settle:${jobId}`);
      const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
      if (!isOurScorer(job.rules)) return this.leave(job);
      const round = { job, number: job.round + 1, topUps: await this.wages.topUpsOf(manager, job) };
      const input = await this.reader.read(manager, job, round.number);
      const settlement = await this.runner.run(input);
      await this.writer.ask(manager, settlement.asks);
      for (const outcome of settlement.outcomes) {
        const item = await this.writer.decide(manager, round, outcome);
        if (item && outcome.state !== 'ADJUDICATION') await this.items.decide(manager, item, outcome);
      }
      for (const gold of settlement.retired) await this.writer.retire(manager, round, gold);
      for (const verdict of settlement.verdicts) await this.writer.judge(manager, round, verdict);
      for (const appeal of settlement.appeals) await this.writer.decideAppeal(manager, round, appeal);
      await this.writer.payCancelled(manager, round);
      await this.writer.payAdjudications(manager, round);
      await this.writer.creditQuizzes(manager, job);
      await this.writer.moveSettledThrough(manager, jobId);
      const labelers = await this.writer.finish(manager, round, {
        adjudicators: input.adjudicators,
        again: settlement.again,
      });
      for (const labeler of labelers) await this.earnings.announce(manager, jobId, labeler);
    });
  }

  /** Never judged by another scorer without a word: the worker of the job's own version settles it, or leases are claimed. */
  private leave({ id, rules }: JobEntity): void {
    if (this.left.has(id)) return;
    this.left.add(id);
    this.logger.error(`${Code.SCORER_CHANGED}: job ${id} is judged by ${rules.scorer}, this worker by ${SCORER}`);
  }
}
