/**
 * Identity-based encryption on BLS12-381, byte-compatible with the Lit protocol's `Bls12381G2` time-lock scheme
 * (blsful 2.5, proof-of-possession): public key in G1 (48 bytes), signature in G2 (96 bytes). The decryption key of an
 * identity is the network's BLS signature over it. Pure functions; no WebAssembly, no platform API.
 */
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { shake128 } from '@noble/hashes/sha3.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { equalBytes } from './bytes.ts';

type G1 = InstanceType<typeof bls.G1.Point>;
type G2 = InstanceType<typeof bls.G2.Point>;

/** RFC 9380 domain-separation tag of the proof-of-possession scheme. */
const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';
const SALT = utf8ToBytes('TIMELOCK_BLS12381_XOF:HKDF-SHA2-256_');
const PROOF_OF_POSSESSION = 0x02;
const { Fr, Fp12 } = bls.fields;

/** One keeper's share of an identity's key: the keeper's index x and H(identity)·f(x). */
export interface KeyShare {
  index: number;
  signature: Uint8Array;
}

/** The two curve operations that opening needs. Anything else gives the same bytes or is wrong. */
export interface IbeCurve {
  /**
   * e(U, s), s the signature that the shares combine to: 576 bytes, or `undefined` when they combine to nothing.
   * @throws when a point is malformed or two shares have one index
   */
  sharedSecret(u: Uint8Array, shares: readonly KeyShare[]): Uint8Array | undefined;
  /** Compressed G1·scalar, 48 bytes; 0 < scalar < r. */
  timesGenerator(scalar: bigint): Uint8Array;
}

/** A ciphertext or a set of shares that cannot be worked with at all, whatever the key. */
export class IbeError extends Error {}

/** H₂(identity): the point of G2 that keepers multiply by their shares (RFC 9380, SSWU, the DST above). */
export const hashIdentity = (identity: string): G2 => bls.longSignatures.hash(utf8ToBytes(identity), DST);

/** Encrypts `message` so that only the signature of the key behind `publicKey` over `identity` opens it. */
export function ibeEncrypt(publicKey: Uint8Array, identity: string, message: Uint8Array): Uint8Array {
  const alpha = Fr.toBytes(hashToScalar(randomBytes(32)));
  const r = hashToScalar(concatBytes(alpha, sha256(message)));
  const key = decodeG1(publicKey);
  const shared = Fp12.toBytes(bls.pairing(key.multiply(r), hashIdentity(identity)));
  const framed = concatBytes(leb128(message.length), message);
  const padded = new Uint8Array(Math.max(32, framed.length));
  padded.set(framed);
  const w = xor(padded, shake128(alpha, { dkLen: padded.length }));
  const u = bls.G1.Point.BASE.multiply(r).toBytes();
  return concatBytes(u, xor(alpha, sha256(shared)), leb128(w.length), w, Uint8Array.of(PROOF_OF_POSSESSION));
}

/**
 * Opens a ciphertext with t shares. Re-encryption proves the shares: a wrong share never yields a wrong plaintext.
 * @param curve does the curve arithmetic; default in JavaScript
 * @returns the plaintext, or `undefined` when the shares do not open this ciphertext
 * @throws IbeError when the ciphertext is malformed or two shares have one index; Error when a share is not a point of G2
 */
export function ibeOpen(
  ciphertext: Uint8Array,
  shares: readonly KeyShare[],
  curve: IbeCurve = nobleCurve,
): Uint8Array | undefined {
  const { u, v, w } = parseCiphertext(ciphertext);
  const shared = curve.sharedSecret(u, shares);
  if (!shared) return undefined;
  const alpha = xor(v, sha256(shared));
  const framed = xor(w, shake128(alpha, { dkLen: w.length }));
  const message = unframe(framed);
  if (!message) return undefined;
  const r = hashToScalar(concatBytes(alpha, sha256(message)));
  return equalBytes(curve.timesGenerator(r), u) ? message : undefined;
}

const nobleCurve: IbeCurve = {
  sharedSecret(u, shares) {
    const { factors, denominator } = lagrangeAtZero(shares.map(({ index }) => index));
    const sum = shares.reduce((acc, { signature }, i) => {
      const point = decodeG2(signature).multiplyUnsafe(abs(factors[i]!));
      return acc.add(factors[i]! < 0n ? point.negate() : point);
    }, bls.G2.Point.ZERO);
    if (sum.is0()) return undefined;
    const point = decodeG1(u);
    return Fp12.toBytes(bls.pairing(denominator === 1n ? point : point.multiply(Fr.inv(denominator)), sum));
  },
  timesGenerator: (scalar) => bls.G1.Point.BASE.multiply(scalar).toBytes(),
};

/** Checks one share against the public commitment G1·f(x) of its keeper: e(commitment, H(identity)) = e(G1, share). */
export function verifyShare(commitment: Uint8Array, identity: string, share: KeyShare): boolean {
  try {
    return bls.longSignatures.verify(decodeG2(share.signature), hashIdentity(identity), decodeG1(commitment));
  } catch {
    return false;
  }
}

/**
 * Lagrange interpolation at zero with integer coefficients: Σ factorᵢ·f(xᵢ) = denominator · f(0).
 * Small indices give small coefficients, so the costly full-width multiplication in G2 disappears.
 * @throws IbeError when an index is below 1 or comes twice
 */
export function lagrangeAtZero(indices: readonly number[]): { factors: bigint[]; denominator: bigint } {
  const xs = indices.map(BigInt);
  if (new Set(xs).size !== xs.length || xs.some((x) => x < 1n)) throw new IbeError('duplicate share');
  const terms = xs.map((xi) => {
    const others = xs.filter((x) => x !== xi);
    return { top: others.reduce((a, x) => a * x, 1n), bottom: others.reduce((a, x) => a * (x - xi), 1n) };
  });
  const denominator = terms.reduce((lcm, { bottom }) => (lcm * abs(bottom)) / gcd(lcm, abs(bottom)), 1n);
  return { factors: terms.map(({ top, bottom }) => (denominator / bottom) * top), denominator };
}

function parseCiphertext(bytes: Uint8Array): { u: Uint8Array; v: Uint8Array; w: Uint8Array } {
  if (bytes.length < 82 || bytes.at(-1) !== PROOF_OF_POSSESSION) throw new IbeError('malformed ciphertext');
  const { value: length, size } = readLeb128(bytes, 80);
  const start = 80 + size;
  if (start + length + 1 !== bytes.length || length < 32) throw new IbeError('malformed ciphertext');
  return { u: bytes.slice(0, 48), v: bytes.slice(48, 80), w: bytes.slice(start, start + length) };
}

function decodeG1(bytes: Uint8Array): G1 {
  const point = bls.G1.Point.fromBytes(bytes);
  point.assertValidity();
  return point;
}

function decodeG2(bytes: Uint8Array): G2 {
  const point = bls.G2.Point.fromBytes(bytes);
  point.assertValidity();
  return point;
}

function hashToScalar(message: Uint8Array): bigint {
  const prk = extract(sha256, concatBytes(message, Uint8Array.of(0)), SALT);
  const wide = expand(sha256, prk, Uint8Array.of(0, 48), 48);
  return wide.reduce((acc, byte) => (acc << 8n) | BigInt(byte), 0n) % Fr.ORDER;
}

/** The message behind its length; `undefined` where a wrong key left noise. */
function unframe(framed: Uint8Array): Uint8Array | undefined {
  try {
    const { value: length, size } = readLeb128(framed, 0);
    return size + length > framed.length ? undefined : framed.slice(size, size + length);
  } catch {
    return undefined;
  }
}

function leb128(value: number): Uint8Array {
  const bytes = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function readLeb128(bytes: Uint8Array, offset: number): { value: number; size: number } {
  let value = 0;
  for (let size = 0; size < 4; size++) {
    const byte = bytes[offset + size];
    if (byte === undefined) break;
    value |= (byte & 0x7f) << (7 * size);
    if (byte < 0x80) return { value, size: size + 1 };
  }
  throw new IbeError('malformed length');
}

const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);
const abs = (x: bigint): bigint => (x < 0n ? -x : x);
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
