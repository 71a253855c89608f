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

  @Column({ name: 'resolved_at', type: 'timestamptz', nullable: true })
  resolvedAt: Date | null;
}
