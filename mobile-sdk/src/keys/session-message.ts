import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { KeyShare } from '@allod/protocol';
import type { KeySession, SessionSig } from './key-session.ts';

export interface SealedShares {
  /** Keeper's fresh X25519 public key, hex. */
  ephemeral: string;
  /** base64 */
  data: string;
}

const INFO = utf8ToBytes('allod/keeper-shares/v1');
/** One byte of index and a compressed point of G2. */
const SHARE_BYTES = 97;

/** What a session key signs for one keeper address, in Lit's form. */
export function sessionMessage(session: KeySession, nodeAddress: string): string {
  return JSON.stringify({
    sessionKey: session.publicKey,
    resourceAbilityRequests: [
      {
        resource: { resource: '*', resourcePrefix: 'lit-accesscontrolcondition' },
        ability: 'access-control-condition-decryption',
      },
    ],
    capabilities: [session.walletSig],
    issuedAt: session.issuedAt,
    expiration: session.expiresAt,
    nodeAddress,
  });
}

export const toSessionSig = (session: KeySession, signedMessage: string, sig: Uint8Array): SessionSig => ({
  sig: bytesToHex(sig),
  derivedVia: 'litSessionSignViaNacl',
  signedMessage,
  address: session.publicKey,
  algo: 'ed25519',
});

/** Ed25519 seed of a session's secret key. */
export const seedOf = (sessionSecretKey: string): Uint8Array<ArrayBuffer> =>
  hexToBytes(sessionSecretKey).slice(0, 32) as Uint8Array<ArrayBuffer>;

/** Key of sealed shares: HKDF-SHA256 of the agreed secret, the challenge as salt, both public keys in the info. */
export const sharesKey = (
  shared: Uint8Array,
  challenge: Uint8Array,
  ephemeral: Uint8Array,
  ours: Uint8Array,
): Uint8Array<ArrayBuffer> =>
  hkdf(sha256, shared, challenge, concatBytes(INFO, ephemeral, ours), 32) as Uint8Array<ArrayBuffer>;

/** Shares as a keeper concatenates them. Throws RangeError on an odd length. */
export function splitShares(plain: Uint8Array): KeyShare[] {
  if (plain.length % SHARE_BYTES !== 0) throw new RangeError('sealed shares have an odd length');
  return Array.from({ length: plain.length / SHARE_BYTES }, (_, i) => {
    const share = plain.subarray(i * SHARE_BYTES, (i + 1) * SHARE_BYTES);
    return { index: share[0]!, signature: share.subarray(1) };
  });
}
