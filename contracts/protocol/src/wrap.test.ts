import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import vectors from '../vectors/wrapped-dek.json' with { type: 'json' };
import { bytesOf, flipBit, flipHexBit, hexOf } from '../test/arbitrary.ts';
import { fromHex, toHex } from './bytes.ts';
import { unwrapDek, wrapDek, WRAPPED_DEK_SIZE } from './wrap.ts';

describe('wrapped DEK', () => {
  it.each(vectors.wraps)('has its bytes $name', ({ key, dek, contributionId, iv, wrapped }) => {
    expect(toHex(wrapDek(fromHex(key), fromHex(dek), contributionId, fromHex(iv)))).toBe(wrapped);
    expect(toHex(unwrapDek(fromHex(key), fromHex(wrapped), contributionId))).toBe(dek);
    expect(fromHex(wrapped)).toHaveLength(vectors.size);
  });

  it.each(vectors.wraps)('opens with another AES-GCM $name', ({ key, dek, contributionId, wrapped }) => {
    const bytes = fromHex(wrapped);
    const decipher = createDecipheriv('aes-256-gcm', fromHex(key), bytes.subarray(0, 12));
    decipher.setAAD(fromHex(contributionId));
    decipher.setAuthTag(bytes.subarray(44));
    expect(toHex(Buffer.concat([decipher.update(bytes.subarray(12, 44)), decipher.final()]))).toBe(dek);
  });

  it('comes back, never twice as the same bytes', () => {
    fc.assert(
      fc.property(bytesOf(32), bytesOf(32), hexOf(32), (key, dek, id) => {
        const wrapped = wrapDek(key, dek, id);
        expect(toHex(unwrapDek(key, wrapped, id))).toBe(toHex(dek));
        expect(toHex(wrapDek(key, dek, id))).not.toBe(toHex(wrapped));
      }),
    );
  });

  it('does not open with one changed bit in the bytes, the key or the contributionId', () => {
    fc.assert(
      fc.property(bytesOf(32), bytesOf(32), hexOf(32), fc.nat(), (key, dek, id, at) => {
        const wrapped = wrapDek(key, dek, id);
        expect(() => unwrapDek(key, flipBit(wrapped, at), id)).toThrow();
        expect(() => unwrapDek(flipBit(key, at), wrapped, id)).toThrow();
        expect(() => unwrapDek(key, wrapped, flipHexBit(id, at))).toThrow();
      }),
    );
  });

  it('refuses other lengths', () => {
    const id = `0x${'11'.repeat(32)}`;
    expect(() => wrapDek(new Uint8Array(31), new Uint8Array(32), id)).toThrow(RangeError);
    expect(() => wrapDek(new Uint8Array(32), new Uint8Array(33), id)).toThrow(RangeError);
    expect(() => wrapDek(new Uint8Array(32), new Uint8Array(32), id, new Uint8Array(16))).toThrow(RangeError);
    expect(() => unwrapDek(new Uint8Array(32), new Uint8Array(WRAPPED_DEK_SIZE - 1), id)).toThrow(RangeError);
  });
});
