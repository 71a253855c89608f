import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { VerdictEvidence } from './consensus/verdict.ts';

export type Verdict = 'PENDING' | 'PAID' | 'REFUSED';

/** The result submitted for an assignment, and what became of it. */
@Entity('annotation')
export class AnnotationEntity {
  @PrimaryColumn({ name: 'assignment_id', type: 'uuid' })
  assignmentId: string;

  @Column({ name: 'job_id', type: 'text' })
  jobId: string;

  @Column({ name: 'task_id', type: 'text' })
  taskId: string;

  @Column({ type: 'text' })
  labeler: string;

  @Column({ type: 'text' })
  value: string;

  @Column({ type: 'text' })
  salt: string;

  @Column({ type: 'text' })
  commitment: string;

  @Column({ type: 'text' })
  signature: string;

  /** Unix seconds. */
  @Column({ name: 'received_at', type: 'bigint' })
  receivedAt: string;

  @Column({ name: 'receipt_signature', type: 'text', nullable: true })
  receiptSignature: string | null;

  @Column({ type: 'text', default: 'PENDING' })
  verdict: Verdict;

  @Column({ type: 'text', default: 'PENDING' })
  reason: string;

  @Column({ type: 'jsonb', nullable: true })
  evidence: VerdictEvidence | null;

  /** Base units paid. */
  @Column({ type: 'numeric', default: '0' })
  pay: string;

  /** The verdict is counted in the job's committed money. */
  @Column({ type: 'boolean', default: false })
  freed: boolean;

  @Column({ name: 'submitted_at', type: 'timestamptz', insert: false })
  submittedAt: Date;
}
