import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An open session. Only the SHA-256 of its token is kept. */
@Entity('session')
export class SessionEntity {
  @PrimaryColumn({ name: 'token_hash', type: 'bytea' })
  tokenHash: Buffer;

  @Column({ type: 'text' })
  account: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}
