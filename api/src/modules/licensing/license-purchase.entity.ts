import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A line of the revenue statement: one purchase and how it was split. */
@Entity('license_purchase')
export class LicensePurchaseEntity {
  @PrimaryColumn({ name: 'block_number', type: 'bigint' })
  blockNumber: string;

  @PrimaryColumn({ name: 'log_index', type: 'int' })
  logIndex: number;

  @Column({ name: 'tx_hash', type: 'text' })
  txHash: string;

  @Column({ name: 'license_id', type: 'text' })
  licenseId: string;

  @Column({ type: 'text' })
  licensee: string;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  /** The version whose cap table was paid. */
  @Column({ type: 'int' })
  version: number;

  @Column({ type: 'numeric' })
  price: string;

  @Column({ name: 'contributors_amount', type: 'numeric' })
  contributorsAmount: string;

  @Column({ name: 'other_amount', type: 'numeric' })
  otherAmount: string;

  @Column({ name: 'purchased_at', type: 'timestamptz' })
  purchasedAt: Date;
}
