import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Who uploads or uploaded a block: only its uploader may commit it, and pays for it from the quota. Reserved before the bytes
 * come; kept without end once a batch names it.
 */
@Entity('block_owner')
export class BlockOwnerEntity {
  @PrimaryColumn({ type: 'text' })
  account: string;

  @PrimaryColumn({ type: 'text' })
  cid: string;

  @Column({ type: 'int' })
  size: number;

  /** The bytes are in the store. */
  @Column({ type: 'boolean' })
  stored: boolean;

  /** When a reservation or an upload that no batch names is given up. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;
}
