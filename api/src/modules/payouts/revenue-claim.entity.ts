import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One confirmed `Claimed` event of the vault. */
@Entity('revenue_claim')
export class RevenueClaimEntity {
  @PrimaryColumn({ name: 'block_number', type: 'bigint' })
  blockNumber: string;

  @PrimaryColumn({ name: 'log_index', type: 'int' })
  logIndex: number;

  @Column({ name: 'tx_hash', type: 'text' })
  txHash: string;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ type: 'int' })
  version: number;

  @Column({ type: 'int' })
  role: number;

  @Column({ type: 'text' })
  account: string;

  @Column({ type: 'text' })
  payee: string;

  /** Token base units. */
  @Column({ type: 'numeric' })
  amount: string;
}
