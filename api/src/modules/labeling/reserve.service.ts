import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { RAISE_RESERVE } from './escrow.job.ts';
import { nextReserve } from './next-reserve.ts';

/** Keeps the escrow's promise ahead of the leases: a lease is signed only when the chain already covers it. */
@Injectable()
export class ReserveService {
  constructor(@Inject(OutboxService) private readonly outbox: OutboxService) {}

  /** Asks for the next raise when little is left; in the caller's transaction. */
  async keepAhead(manager: EntityManager, jobId: string): Promise<void> {
    const [job]: { price: string; budget: string; committed: string; reserve_asked: string }[] = await manager.query(
      `SELECT price, budget, committed, greatest(reserve_asked, reserved) AS reserve_asked FROM labeling_job
       WHERE id = $1 AND state = 'OPEN' FOR UPDATE`,
      [jobId],
    );
    if (!job) return;
    const amount = nextReserve({
      price: BigInt(job.price),
      budget: BigInt(job.budget),
      committed: BigInt(job.committed),
      asked: BigInt(job.reserve_asked),
    });
    if (amount === null) return;
    await manager.query('UPDATE labeling_job SET reserve_asked = $2 WHERE id = $1', [jobId, amount.toString()]);
    await this.outbox.enqueue(manager, RAISE_RESERVE, `${jobId}:${amount}:${job.committed}`, {
      jobId,
      amount: amount.toString(),
    });
  }
}
