import { Code, hashStruct } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { SigningPolicy } from '../../integrations/signer/signer.port.ts';
import { SigningPolicies } from '../../integrations/signer/signing-policies.ts';
import type { AnnotationEntity } from './annotation.entity.ts';
import type { AssignmentEntity } from './assignment.entity.ts';
import type { JobEntity } from './job.entity.ts';
import { leaseOf } from './lease.policy.ts';
import type { LeaseTerms } from './lease.policy.ts';

type ReceiptFacts = LeaseTerms &
  Pick<AssignmentEntity, 'state'> &
  Pick<AnnotationEntity, 'commitment' | 'receivedAt'> &
  Pick<JobEntity, 'ruleHash'>;

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
    const [row]: ReceiptFacts[] = await manager.query(
      `SELECT a.job_id AS "jobId", a.task_id AS "taskId", a.labeler, a.price, a.deadline, a.auto_approve_at AS "autoApproveAt",
         a.state, n.commitment, n.received_at AS "receivedAt", j.rule_hash AS "ruleHash"
       FROM annotation n JOIN assignment a ON a.id = n.assignment_id JOIN labeling_job j ON j.id = a.job_id
       WHERE n.assignment_id = $1`,
      [assignmentId],
    );
    if (!row) return refuse(Code.NOT_FOUND, 'No such annotation');
    refuseUnless(row.state === 'SUBMITTED', Code.JOB_STATE, `The assignment is ${row.state}`);
    const receivedAt = Number(row.receivedAt);
    refuseUnless(receivedAt <= Number(row.deadline), Code.LEASE_EXPIRED, 'The annotation came late');
    const leaseHash = hashStruct('Lease', leaseOf(row, row));
    return {
      struct: 'CommitmentReceipt' as const,
      message: { leaseHash, commitment: row.commitment, receivedAt },
    };
  }
}
