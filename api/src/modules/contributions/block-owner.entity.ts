import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who uploaded a block: only its uploader may commit it, and pays for it from the quota. */
@Entity('block_owner')
export class BlockOwnerEntity {
  @PrimaryColumn({ type: 'text' })
  account: string;

  @PrimaryColumn({ type: 'text' })
  cid: string;

  @Column({ type: 'int' })
  size: number;
}
