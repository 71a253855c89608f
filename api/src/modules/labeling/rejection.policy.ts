import { Code, jsonSha256, VerdictReason } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { SigningPolicy } from '../../integrations/signer/signer.port.ts';
import { SigningPolicies } from '../../integrations/signer/signing-policies.ts';
import { AnnotationEntity } from './annotation.entity.ts';

export const LEASE_REJECTION = 'lease-rejection';

/** A rejection is signed for a stored REFUSED verdict, with its reason number and the hash of its evidence. */
@Injectable()
export class RejectionPolicy implements SigningPolicy, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(SigningPolicies) private readonly policies: SigningPolicies,
  ) {}

  onModuleInit(): void {
    this.policies.register(LEASE_REJECTION, this);
  }

  async prepare(assignmentId: string) {
    const annotation = await this.source.manager.findOneBy(AnnotationEntity, { assignmentId });
    if (!annotation) return refuse(Code.NOT_FOUND, 'No such annotation');
    refuseUnless(annotation.verdict === 'REFUSED', Code.JOB_STATE, `The verdict is ${annotation.verdict}`);
    const { jobId, labeler, taskId, reason, evidence } = annotation;
    const message = {
      jobId,
      labeler,
      taskId,
      reason: reasonNumber(reason),
      evidenceHash: jsonSha256({ reason, evidence }),
    };
    return { struct: 'LeaseRejection' as const, message };
  }
}

/** `CONTRADICTED by 4, …` → the number of CONTRADICTED. */
function reasonNumber(reason: string): number {
  const code = reason.split(' ')[0] as keyof typeof VerdictReason;
  return VerdictReason[code] ?? refuse(Code.JOB_STATE, `The reason ${reason} has no number`);
}
