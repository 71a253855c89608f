import { Code } from '@allod/protocol';
import type { Lease } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { SignerPort, SigningPolicy } from '../../integrations/signer/signer.port.ts';
import { SIGNER } from '../../integrations/signer/signer.port.ts';
import { SigningPolicies } from '../../integrations/signer/signing-policies.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { JobEntity } from './job.entity.ts';
import { adjudicationPriceOf } from './rules.ts';

export const LEASE = 'lease';

export type LeaseTerms = Pick<
  AssignmentEntity,
  'jobId' | 'labeler' | 'taskId' | 'price' | 'deadline' | 'autoApproveAt'
>;

export const leaseOf = (assignment: LeaseTerms, job: Pick<JobEntity, 'ruleHash'>): Lease => ({
  jobId: assignment.jobId,
  labeler: assignment.labeler,
  taskId: assignment.taskId,
  price: BigInt(assignment.price),
  ruleHash: job.ruleHash,
  deadline: Number(assignment.deadline),
  autoApproveAt: Number(assignment.autoApproveAt),
});

/** What the job pays for one assignment. */
const priceOf = ({ kind }: AssignmentEntity, job: JobEntity): string =>
  kind === 'ADJUDICATION' ? adjudicationPriceOf(job.rules) : job.price;

/** A lease is signed while its row is live, under the job's own price, and inside what the escrow has reserved. */
@Injectable()
export class LeasePolicy implements SigningPolicy, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(SIGNER) private readonly signer: SignerPort,
    @Inject(SigningPolicies) private readonly policies: SigningPolicies,
  ) {}

  onModuleInit(): void {
    this.policies.register(LEASE, this);
  }

  async prepare(id: string) {
    const assignment = await this.source.manager.findOneBy(AssignmentEntity, { id });
    const job = assignment && (await this.source.manager.findOneBy(JobEntity, { id: assignment.jobId }));
    if (!assignment || !job) return refuse(Code.NOT_FOUND, 'No such assignment');
    refuseUnless(assignment.state === 'LEASED', Code.JOB_STATE, `The assignment is ${assignment.state}`);
    refuseUnless(job.state === 'OPEN' || job.state === 'CLOSED', Code.JOB_STATE, `The job is ${job.state}`);
    refuseUnless(
      assignment.price === priceOf(assignment, job),
      Code.JOB_STATE,
      'The lease has another price than its job',
    );
    refuseUnless(
      BigInt(job.committed) <= BigInt(job.reserved),
      Code.ESCROW_EXHAUSTED,
      'The escrow does not cover this lease',
    );
    refuseUnless(job.signer === (await this.signer.address()), Code.WRONG_SIGNER, 'The job names another signer');
    refuseUnless(Number(assignment.deadline) * 1000 > Date.now(), Code.LEASE_EXPIRED, 'The lease is over');
    return { struct: 'Lease' as const, message: { ...leaseOf(assignment, job) } };
  }
}
