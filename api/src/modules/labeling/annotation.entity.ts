import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AssignmentKind } from './assignment-kind.ts';
import type { Evidence } from './settlement-types.ts';

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
  evidence: Evidence | null;

  @Column({ type: 'text', default: 'LABEL' })
  kind: AssignmentKind;

  /** From the lease to the answer. */
  @Column({ type: 'int', nullable: true })
  milliseconds: number | null;

  /** Faster than the item can be looked at: the task is not closed without one more label. */
  @Column({ name: 'too_fast', type: 'boolean', default: false })
  tooFast: boolean;

  /** Settlement that first knew this answer, and the one that judged it. */
  @Column({ type: 'int', nullable: true })
  round: number | null;

  @Column({ name: 'verdict_round', type: 'int', nullable: true })
  verdictRound: number | null;

  @Column({ name: 'verdict_at', type: 'timestamptz', nullable: true })
  verdictAt: Date | null;

  /** Until then a refusal can be appealed. */
  @Column({ name: 'appeal_until', type: 'timestamptz', nullable: true })
  appealUntil: Date | null;

  /** Base units paid. */
  @Column({ type: 'numeric', default: '0' })
  pay: string;

  /** The job's committed money says what it will say in the end: a refused price stays set aside while it can be appealed. */
  @Column({ type: 'boolean', default: false })
  freed: boolean;

  @Column({ name: 'submitted_at', type: 'timestamptz', insert: false })
  submittedAt: Date;
}
