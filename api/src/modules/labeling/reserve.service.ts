import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { RAISE_RESERVE } from './escrow.job.ts';
import { nextReserve } from './next-reserve.ts';

/** Money of one job, decimal base units. */
export interface ReserveState {
  readonly price: string;
  readonly budget: string;
  readonly committed: string;
  /** The highest reserve that the escrow has or was asked for. */
  readonly reserve_asked: string;
}
/** The columns of it, of a row of `labeling_job`. */
export const RESERVE_STATE = 'price, budget, committed, greatest(reserve_asked, reserved) AS reserve_asked';

/** Keeps the escrow's promise ahead of the leases: a lease is signed only when the chain already covers it. */
@Injectable()
export class ReserveService {
  constructor(@Inject(OutboxService) private readonly outbox: OutboxService) {}

  /** Asks for the next raise when little is left; in the caller's transaction, which may know the job's money already. */
  async keepAhead(manager: EntityManager, jobId: string, known: ReserveState | null = null): Promise<void> {
    const job = known ?? (await this.stateOf(manager, jobId));
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

  private async stateOf(manager: EntityManager, jobId: string): Promise<ReserveState | undefined> {
    const [job]: ReserveState[] = await manager.query(
      `SELECT ${RESERVE_STATE} FROM labeling_job WHERE id = $1 AND state = 'OPEN' FOR UPDATE`,
      [jobId],
    );
    return job;
  }
}
