import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextReserve } from './next-reserve.ts';

describe('next reserve', () => {
  it('asks for 128 leases at the start and again when 64 are left', () => {
    expect(nextReserve({ price: 10n, budget: 10_000n, committed: 0n, asked: 0n })).toBe(1_280n);
    expect(nextReserve({ price: 10n, budget: 10_000n, committed: 640n, asked: 1_280n })).toBeNull();
    expect(nextReserve({ price: 10n, budget: 10_000n, committed: 650n, asked: 1_280n })).toBe(1_930n);
  });

  it('stops at the budget', () => {
    expect(nextReserve({ price: 10n, budget: 500n, committed: 0n, asked: 0n })).toBe(500n);
    expect(nextReserve({ price: 10n, budget: 500n, committed: 480n, asked: 500n })).toBeNull();
  });

  it('only rises and never exceeds the budget', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 6n }), amount, amount, amount, (price, budget, committed, asked) => {
        const next = nextReserve({ price, budget, committed, asked });
        if (next !== null) expect(next > asked && next <= budget).toBe(true);
      }),
    );
  });
});
