import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** `0x`-prefixed lower-case hex of any even length. */
export type Hex = `0x${string}`;

/** Concatenates byte arrays. */
export function concatBytes(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Bytes of a hex string with its `0x`; throws TypeError on anything else. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  if (!/^0x([0-9a-f]{2})*$/i.test(hex)) throw new TypeError('malformed hex');
  return new Uint8Array(hexToBytes(hex.slice(2)));
}

/** Lower-case `0x` hex of bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bytesToHex(bytes)}`;
}

/** UTF-8 bytes of a string. Throws TypeError on half a surrogate pair, which has no UTF-8 form. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('half a surrogate pair has no UTF-8 form');
  return new Uint8Array(new TextEncoder().encode(text));
}

/** SHA-256 (FIPS 180-4). */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(nobleSha256(bytes));
}

/** Shorter inputs are hashed sooner here than on another thread. */
const NATIVE_FROM = 16_384;

/** SHA-256 as {@link sha256}, long inputs by WebCrypto: ten times faster than JavaScript, and not on this thread. */
export async function sha256Native(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes.length < NATIVE_FROM) return sha256(bytes);
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
}

/** keccak256 as Ethereum uses it. */
export function keccak256(bytes: Uint8Array): Hex {
  return toHex(keccak_256(bytes));
}

/** Domain-separation tag: keccak256 of the UTF-8 label. */
export function tag(label: string): Hex {
  return keccak256(utf8(label));
}

/** Big-endian unsigned integer of `length` bytes. Throws RangeError when it does not fit. */
export function uintBE(value: bigint | number, length: number): Uint8Array<ArrayBuffer> {
  let rest = BigInt(value);
  if (rest < 0n) throw new RangeError(`negative value ${value}`);
  const out = new Uint8Array(length);
  for (let i = length - 1; i >= 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`${value} does not fit into ${length} bytes`);
  return out;
}

/** Constant-shape equality of two byte arrays. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Standard base64 (RFC 4648 §4) of bytes; works where `Buffer` does not exist. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
}

/** Bytes of standard base64. Throws on characters outside the alphabet. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
