import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TaskState } from './task-state.ts';

/** One contribution to be labeled in one job. */
@Entity('labeling_task')
export class TaskEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ name: 'job_id', type: 'text' })
  jobId: string;

  @Column({ name: 'contribution_id', type: 'text' })
  contributionId: string;

  @Column({ type: 'text' })
  state: TaskState;

  /** Labels wanted now; grows from the job's minimum to its maximum. */
  @Column({ type: 'int' })
  overlap: number;

  /** Live leases plus annotations. */
  @Column({ type: 'int' })
  taken: number;

  @Column({ type: 'int' })
  submitted: number;

  @Column({ type: 'int' })
  reports: number;

  @Column({ type: 'text', nullable: true })
  label: string | null;

  @Column({ type: 'double precision', nullable: true })
  posterior: number | null;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  /** Settlement that decided. */
  @Column({ type: 'int', nullable: true })
  round: number | null;

  /** Open appeals that want more labels. */
  @Column({ type: 'int', default: 0 })
  appeals: number;

  /** Known answer of a hidden gold item, and the settlements from and before which it is used. */
  @Column({ name: 'gold_label', type: 'text', nullable: true })
  goldLabel: string | null;

  @Column({ name: 'gold_from', type: 'int', nullable: true })
  goldFrom: number | null;

  @Column({ name: 'gold_until', type: 'int', nullable: true })
  goldUntil: number | null;

  @Column({ name: 'gold_shown', type: 'int', default: 0 })
  goldShown: number;

  @Column({ name: 'resolved_at', type: 'timestamptz', nullable: true })
  resolvedAt: Date | null;
}
