import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key sealed to the keepers, with its owner's signature. The api cannot open it. */
@Entity('sealed_key')
export class SealedKeyEntity {
  @PrimaryColumn({ name: 'record_hash', type: 'text' })
  recordHash: string;

  /** `owner`: KEK_1023, for its contributor alone; never in a key file. */
  @Column({ type: 'text' })
  kind: 'kek' | 'label' | 'owner';

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ name: 'contributor_ref', type: 'text' })
  contributorRef: string;

  @Column({ name: 'consent_hash', type: 'text' })
  consentHash: string;

  @Column({ name: 'consent_nonce', type: 'int' })
  consentNonce: number;

  @Column({ type: 'int' })
  intake: number;

  @Column({ name: 'pack_id', type: 'text', nullable: true })
  packId: string | null;

  @Column({ type: 'jsonb' })
  record: object;

  @Column({ type: 'text' })
  signature: string;

  @Column({ type: 'text' })
  signer: string;
}
