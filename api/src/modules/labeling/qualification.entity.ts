import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One account's quiz on one job. */
@Entity('qualification')
export class QualificationEntity {
  @PrimaryColumn({ name: 'job_id', type: 'text' })
  jobId: string;

  @PrimaryColumn({ type: 'text' })
  labeler: string;

  @Column({ type: 'text' })
  state: 'PASSED' | 'QUALIFIED' | 'FAILED';

  /** In the order of the quiz; they start the consensus. */
  @Column({ type: 'jsonb' })
  answers: string[];

  @Column({ type: 'int' })
  correct: number;

  @Column({ type: 'int' })
  total: number;

  @Column({ type: 'text' })
  reason: string;

  /** Base units; enters the ledger with the first validated label. */
  @Column({ type: 'numeric' })
  pay: string;

  /** Names the transaction that lists the account on chain. */
  @Column({ type: 'text', nullable: true })
  listing: string | null;

  /** Number under which this account's votes are published; says nothing about the account. */
  @Column({ type: 'int' })
  worker: number;

  /** Settlement that first knew these answers. */
  @Column({ type: 'int', nullable: true })
  round: number | null;

  /** From the first look at the quiz to its answers. */
  @Column({ type: 'int', nullable: true })
  milliseconds: number | null;

  @Column({ name: 'taken_at', type: 'timestamptz', insert: false })
  takenAt: Date;
}
