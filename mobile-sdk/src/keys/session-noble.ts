/** The primitives of a session in plain JavaScript, for engines whose WebCrypto lacks them. Loaded only there. */
import { gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';

export const keygen = (): { seed: Uint8Array; publicKey: Uint8Array } => {
  const { secretKey: seed, publicKey } = ed25519.keygen();
  return { seed, publicKey };
};

export const sign = (seed: Uint8Array, message: Uint8Array): Uint8Array => ed25519.sign(message, seed);

/** X25519 of an Ed25519 seed in Montgomery form: with a peer's key, and its own public key. */
export const agree = (seed: Uint8Array, peer: Uint8Array): { shared: Uint8Array; publicKey: Uint8Array } => {
  const secret = ed25519.utils.toMontgomerySecret(seed);
  return { shared: x25519.getSharedSecret(secret, peer), publicKey: x25519.getPublicKey(secret) };
};

/** AES-256-GCM under a zero nonce: each key is used once. @throws when it does not open */
export const open = (key: Uint8Array, sealed: Uint8Array): Uint8Array => gcm(key, new Uint8Array(12)).decrypt(sealed);
