import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SignedReceipt } from '../../common/graphql/schema.generated.ts';

/** A signed batch: the unit that is committed and anchored. */
@Entity('contribution_batch')
export class ContributionBatchEntity {
  @PrimaryColumn({ type: 'text' })
  root: string;

  @Column({ name: 'idempotency_key', type: 'text' })
  idempotencyKey: string;

  @Column({ name: 'dataset_id', type: 'text' })
  datasetId: string;

  @Column({ name: 'contributor_ref', type: 'text' })
  contributorRef: string;

  @Column({ name: 'consent_hash', type: 'text' })
  consentHash: string;

  /** The DeviceGrant with its signature: part of the evidence of each item. */
  @Column({ name: 'device_grant', type: 'jsonb' })
  deviceGrant: object;

  @Column({ type: 'int' })
  count: number;

  @Column({ type: 'text' })
  salt: string;

  @Column({ type: 'text' })
  signature: string;

  @Column({ type: 'jsonb' })
  receipt: SignedReceipt;

  @Column({ name: 'anchor_tx', type: 'text', nullable: true })
  anchorTx: string | null;

  @Column({ name: 'anchored_at', type: 'timestamptz', nullable: true })
  anchoredAt: Date | null;

  @Column({ name: 'committed_at', type: 'timestamptz' })
  committedAt: Date;
}
