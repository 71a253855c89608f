import { createCipheriv, hkdfSync } from 'node:crypto';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';

const INFO = 'allod/keeper-shares/v1';

export interface SealedShares {
  /** Ephemeral X25519 public key, hex. */
  ephemeral: string;
  /** AES-256-GCM ciphertext and tag over the concatenated 97-byte shares, base64. */
  data: string;
}

/**
 * Seals bytes to a session: X25519 between a fresh key and the session's Ed25519 key (in Montgomery form), then
 * HKDF-SHA256 with the request's challenge as salt, then AES-256-GCM under a zero nonce (the key is used once).
 */
export function sealToSession(sessionKey: string, challenge: string, plaintext: Uint8Array): SealedShares {
  const recipient = ed25519.utils.toMontgomery(Buffer.from(sessionKey, 'hex'));
  const { secretKey, publicKey } = x25519.keygen();
  const shared = x25519.getSharedSecret(secretKey, recipient);
  const info = Buffer.concat([Buffer.from(INFO), publicKey, recipient]);
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.from(challenge, 'hex'), info, 32));
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  const data = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return { ephemeral: Buffer.from(publicKey).toString('hex'), data: data.toString('base64') };
}
