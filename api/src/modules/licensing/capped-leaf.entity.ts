import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A contributor's leaf that stopped earning. */
@Entity('capped_leaf')
export class CappedLeafEntity {
  @PrimaryColumn({ name: 'block_number', type: 'bigint' })
  blockNumber: string;

  @PrimaryColumn({ name: 'log_index', type: 'int' })
  logIndex: number;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ type: 'int' })
  version: number;

  @Column({ type: 'text' })
  account: string;

  @Column({ type: 'bigint' })
  weight: string;

  @Column({ name: 'active_weight', type: 'bigint' })
  activeWeight: string;
}
