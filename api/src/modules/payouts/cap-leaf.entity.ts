import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A leaf of a published cap table; `position` is its index in its tree. */
@Entity('cap_leaf')
export class CapLeafEntity {
  @PrimaryColumn({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @PrimaryColumn({ type: 'int' })
  version: number;

  @PrimaryColumn({ type: 'text' })
  tree: 'contributor' | 'other';

  @PrimaryColumn({ type: 'int' })
  position: number;

  @Column({ type: 'int' })
  role: number;

  @Column({ type: 'text' })
  account: string;

  @Column({ type: 'bigint' })
  weight: string;

  @Column({ name: 'valid_until', type: 'bigint' })
  validUntil: string;

  @Column({ name: 'consent_nonce', type: 'bigint' })
  consentNonce: string;
}
