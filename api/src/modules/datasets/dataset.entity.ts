import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A dataset as `DatasetRegistry` tells it, with the metadata that its CID names. */
@Entity('dataset')
export class DatasetEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ type: 'text' })
  curator: string;

  @Column({ name: 'schema_hash', type: 'text' })
  schemaHash: string;

  @Column({ type: 'int' })
  purposes: number;

  @Column({ name: 'contributors_bps', type: 'int' })
  contributorsBps: number;

  @Column({ name: 'floor_price', type: 'numeric' })
  floorPrice: string;

  @Column({ type: 'text' })
  token: string;

  @Column({ name: 'metadata_cid', type: 'text' })
  metadataCid: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  description: string;

  @Column({ name: 'media_type', type: 'text' })
  mediaType: string;

  @Column({ type: 'jsonb' })
  schema: object;

  @Column({ name: 'created_block', type: 'bigint' })
  createdBlock: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
