import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, flipBit } from '../test/arbitrary.ts';
import { concatBytes, equalBytes, fromBase64, fromHex, sha256, tag, toBase64, toHex, uintBE, utf8 } from './bytes.ts';

describe('bytes', () => {
  it('writes and reads hex and base64', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(equalBytes(fromHex(toHex(bytes)), bytes)).toBe(true);
        expect(equalBytes(fromBase64(toBase64(bytes)), bytes)).toBe(true);
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  it('writes base64 of more bytes than fit into one call', () => {
    const bytes = new Uint8Array(100_000).map((_, i) => i);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });

  it('refuses malformed hex', () => {
    for (const bad of ['', '0x1', '0xzz', '1234']) expect(() => fromHex(bad)).toThrow();
  });

  it('writes big-endian integers that fit and refuses the others', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(BigInt(toHex(uintBE(value, 8)))).toBe(value);
      }),
    );
    expect(() => uintBE(256, 1)).toThrow(RangeError);
    expect(() => uintBE(-1, 1)).toThrow(RangeError);
    expect(() => uintBE(1.5, 1)).toThrow(RangeError);
  });

  it('compares lengths and every bit', () => {
    fc.assert(
      fc.property(bytesOf(40), fc.nat(), (bytes, at) => {
        expect(equalBytes(bytes, new Uint8Array(bytes))).toBe(true);
        expect(equalBytes(bytes, flipBit(bytes, at))).toBe(false);
        expect(equalBytes(bytes, bytes.subarray(1))).toBe(false);
      }),
    );
  });

  it('agrees with another SHA-256', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toHex(sha256(bytes))).toBe(`0x${createHash('sha256').update(bytes).digest('hex')}`);
      }),
    );
  });

  it('tags by keccak256, not SHA3-256', () => {
    expect(tag('')).toBe('0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
  });

  it('concatenates', () => {
    expect(toHex(concatBytes(utf8('Al'), new Uint8Array(), utf8('lod')))).toBe(toHex(utf8('Allod')));
  });
});
