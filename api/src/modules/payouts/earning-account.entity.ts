import type { SignedStruct } from '../../integrations/signer/signer.port.ts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is known about one labeler on one job beside the ledger lines. */
@Entity('earning_account')
export class EarningAccountEntity {
  @PrimaryColumn({ name: 'job_id', type: 'text' })
  jobId: string;

  @PrimaryColumn({ type: 'text' })
  labeler: string;

  /** Every lease with an autoApproveAt up to here has its verdict in the ledger. Only rises. */
  @Column({ name: 'settled_through', type: 'bigint' })
  settledThrough: string;

  /** Paid by the escrow so far, token base units. */
  @Column({ type: 'numeric' })
  withdrawn: string;

  /** The last voucher that was signed. */
  @Column({ type: 'jsonb', nullable: true })
  voucher: SignedStruct | null;
}
