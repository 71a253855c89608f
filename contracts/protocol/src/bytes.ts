import { getBytes, hexlify, keccak256, toUtf8Bytes } from 'ethers';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';

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

/** Bytes of a hex string; throws on malformed hex. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(getBytes(hex));
}

/** Lower-case `0x` hex of bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return hexlify(bytes) as Hex;
}

/** UTF-8 bytes of a string. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(toUtf8Bytes(text));
}

/** SHA-256 (FIPS 180-4). */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(nobleSha256(bytes));
}

/** Domain-separation tag: keccak256 of the UTF-8 label. */
export function tag(label: string): Hex {
  return keccak256(toUtf8Bytes(label)) as Hex;
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
