import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message that was handed out for signing and not used yet. */
@Entity('sign_in_challenge')
export class ChallengeEntity {
  @PrimaryColumn({ type: 'text' })
  nonce: string;

  @Column({ type: 'text' })
  account: string;

  @Column({ type: 'text' })
  message: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}
