import { annotationCommitment, Code, digestOf, jsonKeccak } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { AnnotationReceived, AnnotationSubmitInput } from '../../common/graphql/schema.generated.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { isSignedBy } from '../../integrations/chain/signatures.ts';
import { SIGNER } from '../../integrations/signer/signer.port.ts';
import type { SignerPort } from '../../integrations/signer/signer.port.ts';
import type { AssignmentKind } from './assignment-kind.ts';
import { AnnotationEntity } from './annotation.entity.ts';
import { AssignmentEntity } from './assignment.entity.ts';
import { AssignmentRepository } from './assignment.repository.ts';
import { JobEntity } from './job.entity.ts';
import { COMMITMENT_RECEIPT } from './receipt.policy.ts';

/** Takes an annotation once and answers with the signer's receipt; the same annotation again gets the same receipt. */
@Injectable()
export class AnnotationService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(SIGNER) private readonly signer: SignerPort,
    @Inject(AssignmentRepository) private readonly repository: AssignmentRepository,
  ) {}

  submit(labeler: string, input: AnnotationSubmitInput): Promise<AnnotationReceived | Refusal> {
    return answer(async () => {
      const assignment = await this.repository.owned(this.source.manager, labeler, input.assignmentId);
      const known = await this.source.manager.findOneBy(AnnotationEntity, { assignmentId: input.assignmentId });
      if (known) {
        refuseUnless(known.commitment === input.commitment, Code.ALREADY_SUBMITTED, 'Another annotation was submitted');
      } else {
        const job = await this.check(assignment, input);
        await this.source.transaction((manager) => this.store(manager, { assignment, job, input }));
      }
      return this.receipt(input.assignmentId);
    });
  }

  private async check(assignment: AssignmentEntity, input: AnnotationSubmitInput): Promise<JobEntity> {
    const { jobId, taskId, labeler } = assignment;
    const job = await this.source.manager.findOneByOrFail(JobEntity, { id: jobId });
    refuseUnless(job.labels.includes(input.value), Code.UNKNOWN_LABEL, 'The value is not a label of this job');
    const valueHash = jsonKeccak(input.value);
    const commitment = annotationCommitment({ jobId, taskId, labeler, valueHash, salt: input.salt });
    refuseUnless(
      commitment === input.commitment,
      Code.COMMITMENT_MISMATCH,
      'The commitment does not open to this value and salt',
    );
    const digest = digestOf(
      'Annotation',
      { jobId, taskId, labeler, commitment },
      this.env.CHAIN_ID,
      this.env.CONTRACTS,
    );
    const signed = await isSignedBy(this.chain, labeler, digest, input.signature);
    refuseUnless(signed, Code.WRONG_SIGNATURE, 'The annotation is not signed by the labeler');
    return job;
  }

  private async store(
    manager: EntityManager,
    { assignment, job, input }: { assignment: AssignmentEntity; job: JobEntity; input: AnnotationSubmitInput },
  ): Promise<void> {
    const receivedAt = Math.floor(Date.now() / 1000);
    const [ended]: [{ kind: AssignmentKind; milliseconds: number }[], number] = await manager.query(
      `UPDATE assignment SET state = 'SUBMITTED', ended_at = now()
       WHERE id = $1 AND state = 'LEASED' AND deadline >= $2
       RETURNING kind, least(extract(epoch FROM now() - leased_at) * 1000, 86400000)::int AS milliseconds`,
      [assignment.id, receivedAt],
    );
    refuseUnless(ended.length > 0, Code.LEASE_EXPIRED, 'The lease has ended');
    const milliseconds = ended[0]!.milliseconds;
    await manager.insert(AnnotationEntity, {
      assignmentId: assignment.id,
      jobId: assignment.jobId,
      taskId: assignment.taskId,
      labeler: assignment.labeler,
      value: input.value,
      salt: input.salt,
      commitment: input.commitment,
      signature: input.signature,
      receivedAt: String(receivedAt),
      kind: assignment.kind,
      milliseconds,
      tooFast: milliseconds < (job.rules.tooFastMs ?? 0),
    });
    if (assignment.kind === 'LABEL') {
      await manager.query('UPDATE labeling_task SET submitted = submitted + 1 WHERE id = $1', [assignment.taskId]);
    }
    await manager.query('UPDATE labeling_job SET news = news + 1 WHERE id = $1', [assignment.jobId]);
  }

  private async receipt(assignmentId: string): Promise<AnnotationReceived> {
    const { message, signer, signature } = await this.signer.sign(COMMITMENT_RECEIPT, assignmentId);
    await this.source.manager.update(AnnotationEntity, { assignmentId }, { receiptSignature: signature });
    return {
      assignmentId,
      leaseHash: message['leaseHash']!,
      commitment: message['commitment']!,
      receivedAt: Number(message['receivedAt']),
      signer,
      signature,
    };
  }
}
