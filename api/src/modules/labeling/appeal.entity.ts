import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AppealRoute, AppealState } from './appeal-state.ts';
import type { Evidence } from './settlement-types.ts';

/** A labeler's objection to one refusal. */
@Entity('appeal')
export class AppealEntity {
  @PrimaryColumn({ name: 'assignment_id', type: 'uuid' })
  assignmentId: string;

  @Column({ name: 'job_id', type: 'text' })
  jobId: string;

  @Column({ name: 'task_id', type: 'text' })
  taskId: string;

  @Column({ type: 'text' })
  labeler: string;

  /** The labeler's own words. */
  @Column({ type: 'text' })
  text: string;

  @Column({ type: 'text' })
  route: AppealRoute;

  /** Labels that the task must have before this is decided. */
  @Column({ type: 'int' })
  wanted: number;

  @Column({ type: 'text', default: 'OPEN' })
  state: AppealState;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'jsonb', nullable: true })
  evidence: Evidence | null;

  /** The reason of the refusal. */
  @Column({ name: 'refused_for', type: 'text' })
  refusedFor: string;

  @Column({ name: 'opened_at', type: 'timestamptz', insert: false })
  openedAt: Date;

  @Column({ name: 'decide_by', type: 'timestamptz' })
  decideBy: Date;

  @Column({ name: 'decided_at', type: 'timestamptz', nullable: true })
  decidedAt: Date | null;

  @Column({ type: 'int', nullable: true })
  round: number | null;
}
