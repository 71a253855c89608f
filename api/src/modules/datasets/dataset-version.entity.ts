import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A published version. */
@Entity('dataset_version')
export class DatasetVersionEntity {
  @PrimaryColumn({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @PrimaryColumn({ type: 'int' })
  number: number;

  @Column({ name: 'manifest_cid', type: 'text' })
  manifestCid: string;

  @Column({ name: 'contributor_root', type: 'text' })
  contributorRoot: string;

  @Column({ name: 'other_root', type: 'text' })
  otherRoot: string;

  @Column({ type: 'int' })
  parent: number;

  @Column({ name: 'opens_at', type: 'timestamptz' })
  opensAt: Date;

  /** Reason of the guardian's objection. */
  @Column({ type: 'int', nullable: true })
  objection: number | null;

  @Column({ name: 'item_count', type: 'int' })
  itemCount: number;
}
