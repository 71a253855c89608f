import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { exp, ln, normalizeLogs } from './deterministic-math.ts';

describe('deterministic logarithm and exponential', () => {
  it('knows ln 1, ln 2, ln 10 and e', () => {
    expect(ln(1)).toBe(0);
    expect(ln(2)).toBeCloseTo(0.6931471805599453, 15);
    expect(ln(10)).toBeCloseTo(2.302585092994046, 15);
    expect(exp(1)).toBeCloseTo(2.718281828459045, 14);
    expect(exp(0)).toBe(1);
  });

  it('stays within a few units in the last place of the engine', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(Math.log(x))));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -690, max: 690, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
      }),
    );
  });

  it('is each other’s inverse', () => {
    fc.assert(
      fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (x) => expect(ln(exp(x))).toBeCloseTo(x, 10)),
    );
  });

  it('refuses what has no logarithm and cuts what vanishes', () => {
    expect(() => ln(0)).toThrow(RangeError);
    expect(() => ln(-1)).toThrow(RangeError);
    expect(() => ln(Number.NaN)).toThrow(RangeError);
    expect(() => exp(701)).toThrow(RangeError);
    expect(exp(-701)).toBe(0);
  });

  it('turns logs into probabilities in place, also where exp would vanish', () => {
    const values = Float64Array.from([9, -1000, -1000 + ln(3), 9]);
    normalizeLogs(values, 1, 2);
    expect(values[0]).toBe(9);
    expect(values[1]).toBeCloseTo(0.25, 12);
    expect(values[2]).toBeCloseTo(0.75, 12);
    expect(values[3]).toBe(9);
  });
});
