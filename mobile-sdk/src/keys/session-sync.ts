import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from '@allod/protocol';
import type { KeyShare } from '@allod/protocol';
import { type SealedShares, seedOf, sessionMessage, sharesKey, splitShares, toSessionSig } from './session-message.ts';
import { agree, open, sign } from './session-noble.ts';
import type { KeySession, SessionSig } from './key-session.ts';

/** `signSession` of session-crypto.ts without waiting, in plain JavaScript. */
export function signForKeeper(session: KeySession, nodeAddress: string): SessionSig {
  const message = sessionMessage(session, nodeAddress);
  return toSessionSig(session, message, sign(seedOf(session.secretKey), utf8ToBytes(message)));
}

/** `openShares` of session-crypto.ts without waiting, in plain JavaScript. @throws when it does not open */
export function openSealedShares(sealed: SealedShares, sessionSecretKey: string, challenge: Uint8Array): KeyShare[] {
  const ephemeral = hexToBytes(sealed.ephemeral);
  const { shared, publicKey } = agree(seedOf(sessionSecretKey), ephemeral);
  return splitShares(open(sharesKey(shared, challenge, ephemeral, publicKey), fromBase64(sealed.data)));
}
