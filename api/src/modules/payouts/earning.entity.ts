import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a labeler is owed money. */
export type EarningCause = 'ANNOTATION' | 'QUIZ' | 'WAGE_FLOOR';

/** One line of the ledger: never changed, never removed; a cause is paid once. */
@Entity('earning')
export class EarningEntity {
  @PrimaryColumn({ type: 'bigint', generated: 'identity' })
  id: string;

  @Column({ name: 'job_id', type: 'text' })
  jobId: string;

  @Column({ type: 'text' })
  labeler: string;

  /** Token base units, decimal. */
  @Column({ type: 'numeric' })
  amount: string;

  @Column({ type: 'text' })
  cause: EarningCause;

  /** Id of the assignment, or job and labeler of the quiz. An upheld appeal is the annotation's one and only line. */
  @Column({ name: 'cause_id', type: 'text' })
  causeId: string;

  @Column({ name: 'created_at', type: 'timestamptz', insert: false })
  createdAt: Date;
}
