import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EarningsService } from '../payouts/earnings.service.ts';
import type { JobEntity } from './job.entity.ts';
import { topUpPerLabel } from './wage-floor.ts';

/** The top-ups of one settlement; what was granted is added up here and written at its end. */
export interface TopUps {
  readonly measuredMs: number | null;
  readonly perLabel: bigint;
  left: bigint;
  granted: bigint;
}

const LABELERS_TO_MEASURE = 5;
const FIRST_LABELERS = 30;

/** Measures how long a label takes, and pays what is missing to the wage floor from the job's own reserve. */
@Injectable()
export class WageFloorService {
  constructor(@Inject(EarningsService) private readonly earnings: EarningsService) {}

  async topUpsOf(manager: EntityManager, job: JobEntity): Promise<TopUps> {
    const measuredMs = (await this.labelTime(manager, job)) ?? (await this.quizTime(manager, job));
    const milliseconds = measuredMs ?? job.secondsPerTask * 1_000;
    const floor = BigInt(job.rules.wageFloor ?? '0');
    return {
      measuredMs,
      perLabel: topUpPerLabel({ price: BigInt(job.price), floor, milliseconds }),
      left: BigInt(job.wageReserve) - BigInt(job.wageGranted),
      granted: 0n,
    };
  }

  async topUp(
    manager: EntityManager,
    topUps: TopUps,
    line: { jobId: string; labeler: string; causeId: string },
  ): Promise<void> {
    const amount = topUps.perLabel < topUps.left ? topUps.perLabel : topUps.left;
    if (amount <= 0n || !(await this.earnings.record(manager, { ...line, amount, cause: 'WAGE_FLOOR' }))) return;
    topUps.left -= amount;
    topUps.granted += amount;
  }

  /**
   * Median over the first labelers of each one's own median, so that nobody counts more by labeling more; of labels that
   * were neither hasty nor refused, so that accounts which click at random cannot make the work look quick.
   */
  private async labelTime(manager: EntityManager, job: JobEntity): Promise<number | null> {
    const [row]: { ms: number | null; labelers: number }[] = await manager.query(
      `WITH own AS (
         SELECT labeler, min(submitted_at) AS first, percentile_disc(.5) WITHIN GROUP (ORDER BY milliseconds) AS ms
         FROM annotation
         WHERE job_id = $1 AND kind <> 'ADJUDICATION' AND milliseconds IS NOT NULL AND labeler <> $2
           AND verdict <> 'REFUSED' AND NOT too_fast
         GROUP BY labeler ORDER BY first LIMIT ${FIRST_LABELERS}
       )
       SELECT percentile_disc(.5) WITHIN GROUP (ORDER BY ms) AS ms, count(*)::int AS labelers FROM own`,
      [job.id, job.requester],
    );
    return row!.labelers >= LABELERS_TO_MEASURE ? row!.ms : null;
  }

  private async quizTime(manager: EntityManager, job: JobEntity): Promise<number | null> {
    const [row]: { ms: number | null; labelers: number }[] = await manager.query(
      `SELECT percentile_disc(.5) WITHIN GROUP (ORDER BY milliseconds / total) AS ms, count(*)::int AS labelers
       FROM qualification WHERE job_id = $1 AND milliseconds IS NOT NULL AND total > 0 AND labeler <> $2
         AND state <> 'FAILED'`,
      [job.id, job.requester],
    );
    return row!.labelers >= LABELERS_TO_MEASURE ? row!.ms : null;
  }
}
