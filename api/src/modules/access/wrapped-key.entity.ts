import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A DEK wrapped under a KEK, or under the label key of a pack. Deleted for good on withdrawal. */
@Entity('wrapped_key')
export class WrappedKeyEntity {
  @PrimaryColumn({ name: 'contribution_id', type: 'text' })
  contributionId: string;

  @PrimaryColumn({ type: 'text' })
  kind: 'kek' | 'label';

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ name: 'contributor_ref', type: 'text' })
  contributorRef: string;

  @Column({ name: 'consent_hash', type: 'text' })
  consentHash: string;

  @Column({ type: 'int' })
  intake: number;

  @Column({ name: 'pack_id', type: 'text', nullable: true })
  packId: string | null;

  @Column({ name: 'wrapped_dek', type: 'text' })
  wrappedDek: string;
}
