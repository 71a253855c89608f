/**
 * What a session key does: made, signs, opens shares. Each primitive by WebCrypto where it is known (Ed25519, X25519, AES-GCM),
 * else by session-noble.ts, which is loaded only then, so that pages need not fetch it.
 */
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from '@allod/protocol';
import type { KeyShare } from '@allod/protocol';
import { type SealedShares, seedOf, sessionMessage, sharesKey, splitShares, toSessionSig } from './session-message.ts';
import type { KeySession, SessionSig } from './key-session.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Subtle = typeof globalThis.crypto.subtle;
type Key = Parameters<Subtle['exportKey']>[1];

/** PKCS#8 around a 32-byte private key (RFC 8410). */
const PKCS8 = { Ed25519: '302e020100300506032b657004220420', X25519: '302e020100300506032b656e04220420' } as const;
const PKCS8_HEADER = 16;
/** The curve's base point: with it, agreeing gives one's own public key. */
const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31));

const noble = () => import('./session-noble.ts');

/** A fresh Ed25519 key: 32 bytes of seed, 32 of public key. */
export async function newSessionKey(): Promise<{ seed: Uint8Array; publicKey: Uint8Array }> {
  return natively(
    async (subtle) => {
      const pair = (await subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as Record<
        'privateKey' | 'publicKey',
        Key
      >;
      const pkcs8 = await subtle.exportKey('pkcs8', pair.privateKey);
      const publicKey = await subtle.exportKey('raw', pair.publicKey);
      return { seed: new Uint8Array(pkcs8).slice(PKCS8_HEADER), publicKey: new Uint8Array(publicKey) };
    },
    async () => (await noble()).keygen(),
  );
}

/** Signs the session for one keeper address; a keeper refuses a signature made for another. */
export async function signSession(session: KeySession, nodeAddress: string): Promise<SessionSig> {
  const text = sessionMessage(session, nodeAddress);
  const seed = seedOf(session.secretKey);
  const message = utf8ToBytes(text) as Bytes;
  const sig = await natively(
    async (subtle) => {
      const key = await privateKey(subtle, 'Ed25519', seed, ['sign']);
      return new Uint8Array(await subtle.sign('Ed25519', key, message));
    },
    async () => (await noble()).sign(seed, message),
  );
  return toSessionSig(session, text, sig);
}

/**
 * Opens a keeper's sealed shares with the session's key: X25519 between the keeper's fresh key and the session key in
 * Montgomery form, HKDF-SHA256 with the challenge as salt, AES-256-GCM. @throws when it does not open
 */
export async function openShares(
  sealed: SealedShares,
  sessionSecretKey: string,
  challenge: Uint8Array,
): Promise<KeyShare[]> {
  const ephemeral = hexToBytes(sealed.ephemeral) as Bytes;
  const { shared, publicKey } = await agree(seedOf(sessionSecretKey), ephemeral);
  const key = sharesKey(shared, challenge, ephemeral, publicKey);
  const data = fromBase64(sealed.data);
  const plain = await natively(
    async (subtle) => {
      const secret = await subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
      return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, secret, data));
    },
    async () => (await noble()).open(key, data),
  );
  return splitShares(plain);
}

/** X25519 of an Ed25519 seed in Montgomery form: with a peer's key, and its own public key. */
function agree(seed: Bytes, peer: Bytes): Promise<{ shared: Uint8Array; publicKey: Uint8Array }> {
  return natively(
    async (subtle) => {
      const scalar = new Uint8Array(await subtle.digest('SHA-512', seed)).slice(0, 32);
      const secret = await privateKey(subtle, 'X25519', scalar, ['deriveBits']);
      const multiply = async (point: Bytes): Promise<Uint8Array> => {
        const their = await subtle.importKey('raw', point, 'X25519', false, []);
        return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: their }, secret, 256));
      };
      return { shared: await multiply(peer), publicKey: await multiply(BASE_POINT) };
    },
    async () => (await noble()).agree(seed, peer),
  );
}

function privateKey(subtle: Subtle, curve: keyof typeof PKCS8, key: Bytes, usages: ('sign' | 'deriveBits')[]) {
  const pkcs8 = concatBytes(hexToBytes(PKCS8[curve]), key) as Bytes;
  return subtle.importKey('pkcs8', pkcs8, curve, false, usages);
}

/** WebCrypto's answer; where there is none, or it refuses, plain JavaScript decides. */
async function natively<T>(native: (subtle: Subtle) => Promise<T>, plain: () => Promise<T>): Promise<T> {
  const { subtle } = (globalThis as { crypto?: { subtle?: Subtle } }).crypto ?? {};
  return subtle ? native(subtle).catch(plain) : plain();
}
