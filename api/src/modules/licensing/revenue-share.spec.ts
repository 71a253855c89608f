import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitPrice } from './revenue-share.ts';

describe('revenue share', () => {
  it('rounds the contributors down and loses nothing', () => {
    expect(splitPrice(1_000_001n, 7_000)).toEqual({ contributors: 700_000n, other: 300_001n });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n }), fc.integer({ min: 0, max: 10_000 }), (price, bps) => {
        const { contributors, other } = splitPrice(price, bps);
        expect(contributors + other).toBe(price);
        expect(contributors >= 0n && other >= 0n).toBe(true);
      }),
    );
  });

  it('refuses shares outside 0 to 100 %', () => {
    expect(() => splitPrice(1n, 10_001)).toThrow(RangeError);
    expect(() => splitPrice(-1n, 1)).toThrow(RangeError);
  });
});
