import { gcm } from '@noble/ciphers/aes.js';
import { concatBytes, fromHex } from './bytes.ts';

/** Bytes of a wrapped DEK: 12 of IV, 32 of ciphertext, 16 of tag. */
export const WRAPPED_DEK_SIZE = 60;

/**
 * Wraps a 32-byte DEK under a KEK or label key: `iv ‖ AES-256-GCM(key, iv, DEK, AAD = contributionId)` (NIST SP 800-38D).
 * `iv` must be fresh random for each call; it is a parameter so that vectors can fix it.
 */
export function wrapDek(
  key: Uint8Array,
  dek: Uint8Array,
  contributionId: string,
  iv = globalThis.crypto.getRandomValues(new Uint8Array(12)),
): Uint8Array<ArrayBuffer> {
  if (dek.length !== 32 || key.length !== 32 || iv.length !== 12)
    throw new RangeError('DEK and key are 32 bytes, IV is 12');
  return concatBytes(iv, gcm(key, iv, fromHex(contributionId)).encrypt(dek));
}

/** Opens a wrapped DEK. Throws when the key, the contributionId or a bit of the bytes is wrong. */
export function unwrapDek(key: Uint8Array, wrapped: Uint8Array, contributionId: string): Uint8Array<ArrayBuffer> {
  if (wrapped.length !== WRAPPED_DEK_SIZE)
    throw new RangeError(`a wrapped DEK is ${WRAPPED_DEK_SIZE} bytes, not ${wrapped.length}`);
  return new Uint8Array(gcm(key, wrapped.subarray(0, 12), fromHex(contributionId)).decrypt(wrapped.subarray(12)));
}
