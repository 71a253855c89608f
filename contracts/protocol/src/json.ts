import canonicalize from 'canonicalize';
import { type Hex, keccak256, sha256, toHex, utf8 } from './bytes.ts';

/** A value that JSON can carry. Integers above 2^53 − 1 are written as decimal strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Canonical JSON text (RFC 8785, JCS). Throws TypeError on values that JSON cannot carry. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/** UTF-8 bytes of the canonical JSON text: what is hashed, stored and addressed. */
export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return utf8(canonicalJson(value));
}

/** SHA-256 of the canonical JSON bytes, as hex. */
export function jsonSha256(value: unknown): Hex {
  return toHex(sha256(jsonBytes(value)));
}

/** keccak256 of the canonical JSON bytes, as hex. */
export function jsonKeccak(value: unknown): Hex {
  return keccak256(jsonBytes(value));
}
