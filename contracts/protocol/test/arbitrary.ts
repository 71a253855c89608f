import fc from 'fast-check';
import { toHex, type Hex } from '../src/bytes.ts';

/** Random bytes of one length. */
export const bytesOf = (length: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => new Uint8Array(bytes));

/** Random 0x hex of `length` bytes. */
export const hexOf = (length: number): fc.Arbitrary<Hex> => bytesOf(length).map(toHex);

/** A copy with one bit changed; `at` is taken modulo the number of bits. */
export function flipBit(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  const bit = at % (bytes.length * 8);
  out[bit >> 3] = (out[bit >> 3] as number) ^ (1 << (bit & 7));
  return out;
}

/** A hex string with one bit changed. */
export const flipHexBit = (hex: string, at: number): Hex => toHex(flipBit(Buffer.from(hex.slice(2), 'hex'), at));
