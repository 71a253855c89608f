import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Assignment, Lease } from '../../common/graphql/schema.generated.ts';
import { SIGNER } from '../../integrations/signer/signer.port.ts';
import type { SignerPort } from '../../integrations/signer/signer.port.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { LEASE, leaseOf } from './lease.policy.ts';

const EMPTY = '0x';

/** Assignments as their labelers see them: signed lease, item, and while the lease is live the label-wrapped DEK. */
@Injectable()
export class AssignmentViews {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(SIGNER) private readonly signer: SignerPort,
    @Inject(LabelItems) private readonly items: LabelItems,
  ) {}

  /** A lease that was just made: refused rather than handed out unsigned. */
  async leased(id: string): Promise<Assignment> {
    return this.view(await this.sign(await this.row(id)));
  }

  async one(id: string): Promise<Assignment> {
    return this.view(await this.row(id));
  }

  async all(rows: AssignmentEntity[]): Promise<Assignment[]> {
    const signed = await Promise.all(rows.map((row) => this.signIfLive(row)));
    return Promise.all(signed.map((row) => this.view(row)));
  }

  private row(id: string): Promise<AssignmentEntity> {
    return this.source.manager.findOneByOrFail(AssignmentEntity, { id });
  }

  /** A crash between row and signature leaves a live lease unsigned; its next look repairs it. */
  private signIfLive(row: AssignmentEntity): Promise<AssignmentEntity> {
    const live = row.state === 'LEASED' && Number(row.deadline) * 1000 > Date.now();
    return live && !row.leaseSignature ? this.sign(row) : Promise.resolve(row);
  }

  private async sign(row: AssignmentEntity): Promise<AssignmentEntity> {
    if (row.leaseSignature) return row;
    const { signature } = await this.signer.sign(LEASE, row.id);
    await this.source.manager.update(AssignmentEntity, { id: row.id }, { leaseSignature: signature });
    return { ...row, leaseSignature: signature };
  }

  private async view(row: AssignmentEntity): Promise<Assignment> {
    const job = await this.source.manager.findOneOrFail(JobEntity, {
      where: { id: row.jobId },
      select: { id: true, labels: true, ruleHash: true, signer: true },
    });
    const item = await this.items.item(row.contributionId);
    return {
      id: row.id,
      jobId: row.jobId,
      state: row.state,
      labels: job.labels,
      adjudication: row.kind === 'ADJUDICATION',
      lease: leaseView(row, job),
      ...item,
      labelWrappedDek: row.state === 'LEASED' ? item.labelWrappedDek : EMPTY,
    };
  }
}

function leaseView(row: AssignmentEntity, job: JobEntity): Lease {
  const { price, deadline, autoApproveAt, ...rest } = leaseOf(row, job);
  return {
    ...rest,
    price: price.toString(),
    deadline: Number(deadline),
    autoApproveAt: Number(autoApproveAt),
    signer: job.signer,
    signature: row.leaseSignature ?? EMPTY,
  };
}
