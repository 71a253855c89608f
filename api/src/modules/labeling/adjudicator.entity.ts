import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An account that decides tasks without seeing the votes: proposed by the requester, active when the curator agrees. */
@Entity('adjudicator')
export class AdjudicatorEntity {
  @PrimaryColumn({ name: 'job_id', type: 'text' })
  jobId: string;

  @PrimaryColumn({ type: 'text' })
  account: string;

  @Column({ type: 'text' })
  state: 'PROPOSED' | 'ACTIVE';
}
