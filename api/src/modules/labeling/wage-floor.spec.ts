import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hourlyPay, topUpPerLabel } from './wage-floor.ts';

describe('the wage floor', () => {
  it('is met by a price that pays it at the measured pace', () => {
    expect(hourlyPay({ price: 50_000n, milliseconds: 6_000 })).toBe(30_000_000n);
    expect(topUpPerLabel({ price: 50_000n, floor: 30_000_000n, milliseconds: 6_000 })).toBe(0n);
  });

  it('tops up the difference when labels take longer than was said', () => {
    expect(topUpPerLabel({ price: 50_000n, floor: 30_000_000n, milliseconds: 9_000 })).toBe(25_000n);
  });

  it('never takes anything away, and what it adds reaches the floor', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 3_600_000 }), (price, floor, milliseconds) => {
        const added = topUpPerLabel({ price, floor, milliseconds });
        expect(added >= 0n).toBe(true);
        expect(hourlyPay({ price: price + added, milliseconds }) >= (added > 0n ? floor : 0n)).toBe(true);
      }),
    );
  });
});
