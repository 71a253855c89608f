import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AssignmentKind } from './assignment-kind.ts';
import type { AssignmentState } from './assignment-state.ts';

/** One task leased to one labeler. Times are unix seconds. */
@Entity('assignment')
export class AssignmentEntity {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'job_id', type: 'text' })
  jobId: string;

  @Column({ name: 'task_id', type: 'text' })
  taskId: string;

  @Column({ name: 'contribution_id', type: 'text' })
  contributionId: string;

  @Column({ type: 'text' })
  labeler: string;

  @Column({ type: 'numeric' })
  price: string;

  @Column({ type: 'bigint' })
  deadline: string;

  /** Strictly rising per labeler and job, so that a voucher's settledThrough can name exactly what it contains. */
  @Column({ name: 'auto_approve_at', type: 'bigint' })
  autoApproveAt: string;

  @Column({ type: 'text' })
  state: AssignmentState;

  @Column({ type: 'text', default: 'LABEL' })
  kind: AssignmentKind;

  /** How often the deadline was moved. */
  @Column({ type: 'int', default: 0 })
  extensions: number;

  /** Null between the row and the signature; such a lease is signed at the next look. */
  @Column({ name: 'lease_signature', type: 'text', nullable: true })
  leaseSignature: string | null;

  /** EIP-712 struct hash, as the escrow names the lease. */
  @Column({ name: 'lease_hash', type: 'text', nullable: true })
  leaseHash: string | null;

  /** Claimed on chain without a verdict, by confirmed events. */
  @Column({ type: 'boolean', default: false })
  claimed: boolean;

  @Column({ name: 'report_reason', type: 'text', nullable: true })
  reportReason: string | null;

  @Column({ name: 'leased_at', type: 'timestamptz', insert: false })
  leasedAt: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt: Date | null;
}
