import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContributionState } from '../../common/graphql/schema.generated.ts';

/** One encrypted item. */
@Entity('contribution')
export class ContributionEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ name: 'contributor_ref', type: 'text' })
  contributorRef: string;

  @Column({ name: 'batch_root', type: 'text' })
  batchRoot: string;

  @Column({ type: 'int' })
  index: number;

  /** Leaf of the contribution tree. */
  @Column({ type: 'text' })
  leaf: string;

  @Column({ name: 'consent_hash', type: 'text' })
  consentHash: string;

  @Column({ name: 'schema_hash', type: 'text' })
  schemaHash: string;

  @Column({ type: 'int' })
  intake: number;

  @Column({ name: 'content_digest', type: 'text' })
  contentDigest: string;

  @Column({ type: 'text' })
  cid: string;

  /** Bytes of the encrypted body. */
  @Column({ type: 'bigint', transformer: { to: (value: number) => value, from: Number } })
  size: number;

  @Column({ name: 'floe_header', type: 'text' })
  floeHeader: string;

  @Column({ name: 'metadata_hash', type: 'text' })
  metadataHash: string;

  @Column({ type: 'jsonb', nullable: true })
  metadata: unknown;

  @Column({ type: 'text', array: true })
  leaves: string[];

  @Column({ type: 'text' })
  state: ContributionState;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'int', nullable: true })
  version: number | null;

  @Column({ name: 'committed_at', type: 'timestamptz' })
  committedAt: Date;
}
