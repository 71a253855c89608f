import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a dataset collects now, as far as a commit must know it. */
@Entity('intake')
export class IntakeEntity {
  @PrimaryColumn({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ name: 'schema_hash', type: 'text' })
  schemaHash: string;

  @Column({ type: 'int' })
  purposes: number;

  /** Entitlement sources of the dataset today. */
  @Column({ type: 'int' })
  sources: number;

  @Column({ name: 'open_intake', type: 'int' })
  openIntake: number;

  /** Base units; an item whose consent asks for more goes into no version. */
  @Column({ name: 'floor_price', type: 'numeric' })
  floorPrice: string;

  /** Latest version that a confirmed block published, 0 for none. */
  @Column({ type: 'int' })
  published: number;
}
