import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Terms that a contributor signed. */
@Entity('consent')
export class ConsentEntity {
  @PrimaryColumn({ name: 'consent_hash', type: 'text' })
  consentHash: string;

  @Column({ name: 'contributor_ref', type: 'text' })
  contributorRef: string;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ type: 'int' })
  purposes: number;

  /** Unix seconds. */
  @Column({ name: 'valid_until', type: 'bigint', transformer: { to: (value: number) => value, from: Number } })
  validUntil: number;

  @Column({ name: 'min_price', type: 'numeric' })
  minPrice: string;

  @Column({ name: 'terms_hash', type: 'text' })
  termsHash: string;

  @Column({ name: 'consent_nonce', type: 'int' })
  consentNonce: number;

  @Column({ type: 'int' })
  sources: number;

  @Column({ type: 'text' })
  signature: string;

  /** The newer consent whose terms count for the items of this one; null while its own do. */
  @Column({ name: 'extended_by', type: 'text', nullable: true })
  extendedBy: string | null;
}
