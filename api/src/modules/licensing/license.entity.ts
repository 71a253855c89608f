import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One license slot, as the last confirmed purchase left it. */
@Entity('license')
export class LicenseEntity {
  @PrimaryColumn({ type: 'text' })
  licensee: string;

  @PrimaryColumn({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @PrimaryColumn({ type: 'int' })
  slot: number;

  /** Derived from licensee and offer. */
  @Column({ type: 'text' })
  id: string;

  @Column({ name: 'offer_index', type: 'int' })
  offerIndex: number;

  @Column({ type: 'int' })
  purposes: number;

  @Column({ name: 'max_version', type: 'int' })
  maxVersion: number;

  @Column({ type: 'timestamptz' })
  expiry: Date;

  /** Token base units. */
  @Column({ type: 'numeric' })
  price: string;

  @Column({ name: 'tx_hash', type: 'text' })
  txHash: string;
}
