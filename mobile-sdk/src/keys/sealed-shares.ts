import { gcm } from '@noble/ciphers/aes.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from '@allod/protocol';
import type { KeyShare } from '@allod/protocol';

const INFO = utf8ToBytes('allod/keeper-shares/v1');
const SHARE_BYTES = 97;

/**
 * Opens a keeper's sealed shares with the session's key: X25519 between the keeper's fresh key and the session key in
 * Montgomery form, HKDF-SHA256 with the challenge as salt, AES-256-GCM. @throws when it does not open
 */
export function openSealedShares(
  sealed: { ephemeral: string; data: string },
  sessionSecretKey: string,
  challenge: Uint8Array,
): KeyShare[] {
  const secret = ed25519.utils.toMontgomerySecret(hexToBytes(sessionSecretKey).subarray(0, 32));
  const ephemeral = hexToBytes(sealed.ephemeral);
  const shared = x25519.getSharedSecret(secret, ephemeral);
  const info = concatBytes(INFO, ephemeral, x25519.getPublicKey(secret));
  const key = hkdf(sha256, shared, challenge, info, 32);
  const plain = gcm(key, new Uint8Array(12)).decrypt(fromBase64(sealed.data));
  if (plain.length % SHARE_BYTES !== 0) throw new RangeError('sealed shares have an odd length');
  return Array.from({ length: plain.length / SHARE_BYTES }, (_, i) => {
    const share = plain.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES);
    return { index: share[0]!, signature: share.subarray(1) };
  });
}
