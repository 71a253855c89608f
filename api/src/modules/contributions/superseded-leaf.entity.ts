import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A leaf that an item had before it was re-wrapped. It stays anchored, and goes into no version. */
@Entity('superseded_leaf')
export class SupersededLeafEntity {
  @PrimaryColumn({ type: 'text' })
  leaf: string;

  @Column({ name: 'contribution_id', type: 'text' })
  contributionId: string;

  @Column({ name: 'batch_root', type: 'text' })
  batchRoot: string;

  @Column({ type: 'int' })
  index: number;

  @Column({ type: 'int' })
  intake: number;

  @Column({ name: 'consent_hash', type: 'text' })
  consentHash: string;

  @Column({ type: 'text' })
  reason: string;
}
