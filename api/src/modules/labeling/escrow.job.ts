import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RelayPort, TransactionReverted } from '../../integrations/chain/chain.port.ts';
import { JOB_RELAY } from '../../integrations/signer/signer.port.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';

export const LIST_LABELERS = 'labeling.list-labelers';
export const RAISE_RESERVE = 'labeling.raise-reserve';
export const CLOSE_JOB = 'labeling.close-job';

/** What the job signer sends to the escrow. Runs in the worker; each send happens once per key. */
@Injectable()
export class EscrowJob implements OnModuleInit {
  private readonly log = new Logger('labeling');

  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(JOB_RELAY) private readonly relay: RelayPort,
  ) {}

  onModuleInit(): void {
    this.registry.on<{ jobId: string }>(LIST_LABELERS, ({ jobId }, { key }) => this.list(jobId, key));
    this.registry.on<{ jobId: string; amount: string }>(RAISE_RESERVE, ({ jobId, amount }, { key }) =>
      this.raise(jobId, amount, key),
    );
    this.registry.on<{ jobId: string }>(CLOSE_JOB, ({ jobId }) => this.close(jobId));
  }

  /** Takes everyone who passed and waits, so that many who pass at once cost one transaction. A retry takes the same. */
  async list(jobId: string, key: string): Promise<unknown> {
    await this.source.query(
      `UPDATE qualification SET listing = $2 WHERE job_id = $1 AND state = 'PASSED' AND listing IS NULL`,
      [jobId, key],
    );
    const passed: { labeler: string }[] = await this.source.query(
      'SELECT labeler FROM qualification WHERE job_id = $1 AND listing = $2 ORDER BY labeler',
      [jobId, key],
    );
    if (passed.length === 0) return { labelers: 0 };
    const labelers = passed.map(({ labeler }) => labeler);
    await this.relay.send(`${LIST_LABELERS}:${key}`, {
      contract: 'LabelEscrow',
      method: 'qualify',
      args: [jobId, labelers],
    });
    return { labelers: labelers.length };
  }

  async raise(jobId: string, amount: string, key: string): Promise<unknown> {
    try {
      const call = { contract: 'LabelEscrow' as const, method: 'raiseReserved', args: [jobId, BigInt(amount)] };
      return (await this.relay.send(`${RAISE_RESERVE}:${key}`, call)).hash;
    } catch (error) {
      if (!(error instanceof TransactionReverted)) throw error;
      this.log.warn({ jobId, amount, err: error }, 'reserve not raised');
      await this.source.query('UPDATE labeling_job SET reserve_asked = reserved WHERE id = $1 AND reserve_asked = $2', [
        jobId,
        amount,
      ]);
      return { reverted: error.message };
    }
  }

  async close(jobId: string): Promise<unknown> {
    try {
      const call = { contract: 'LabelEscrow' as const, method: 'closeJob', args: [jobId] };
      return (await this.relay.send(`${CLOSE_JOB}:${jobId}`, call)).hash;
    } catch (error) {
      if (!(error instanceof TransactionReverted)) throw error;
      return { reverted: error.message };
    }
  }
}
