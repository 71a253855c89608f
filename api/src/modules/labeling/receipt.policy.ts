import { Code, hashStruct } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { SigningPolicy } from '../../integrations/signer/signer.port.ts';
import { SigningPolicies } from '../../integrations/signer/signing-policies.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { JobEntity } from './job.entity.ts';
import { leaseOf } from './lease.policy.ts';

export const COMMITMENT_RECEIPT = 'commitment-receipt';

/** A receipt is signed for an annotation that is stored and came before the lease's deadline. */
@Injectable()
export class ReceiptPolicy implements SigningPolicy, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(SigningPolicies) private readonly policies: SigningPolicies,
  ) {}

  onModuleInit(): void {
    this.policies.register(COMMITMENT_RECEIPT, this);
  }

  async prepare(assignmentId: string) {
    const manager = this.source.manager;
    const annotation = await manager.findOneBy(AnnotationEntity, { assignmentId });
    const assignment = await manager.findOneBy(AssignmentEntity, { id: assignmentId });
    const job = assignment && (await manager.findOneBy(JobEntity, { id: assignment.jobId }));
    if (!annotation || !assignment || !job) return refuse(Code.NOT_FOUND, 'No such annotation');
    refuseUnless(assignment.state === 'SUBMITTED', Code.JOB_STATE, `The assignment is ${assignment.state}`);
    const receivedAt = Number(annotation.receivedAt);
    refuseUnless(receivedAt <= Number(assignment.deadline), Code.LEASE_EXPIRED, 'The annotation came late');
    const leaseHash = hashStruct('Lease', leaseOf(assignment, job));
    return {
      struct: 'CommitmentReceipt' as const,
      message: { leaseHash, commitment: annotation.commitment, receivedAt },
    };
  }
}
