import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALL_PURPOSES, coversPurposes, Purpose, purposeNames, purposesOf } from './purposes.ts';

const bits = fc.integer({ min: 0, max: ALL_PURPOSES });

describe('purposes', () => {
  it('come back from their names', () => {
    fc.assert(fc.property(bits, (set) => expect(purposesOf(...purposeNames(set))).toBe(set)));
    expect(purposesOf()).toBe(0);
    expect(Object.values(Purpose).reduce((sum, bit) => sum + bit, 0)).toBe(ALL_PURPOSES);
  });

  it('cover exactly the subsets that are not empty', () => {
    fc.assert(
      fc.property(bits, bits, (granted, asked) => {
        const names = purposeNames(granted);
        const subset = purposeNames(asked).every((name) => names.includes(name));
        expect(coversPurposes(granted, asked)).toBe(asked !== 0 && subset);
      }),
    );
  });

  it('refuse undefined bits, also those above 32', () => {
    for (const bad of [128, -1, 1.5, 2 ** 16, 2 ** 32, Number.NaN]) expect(() => purposeNames(bad)).toThrow(RangeError);
    for (const bad of [128, -1, 0.5, 2 ** 32, 2 ** 32 + 1]) expect(coversPurposes(ALL_PURPOSES, bad)).toBe(false);
    expect(coversPurposes(-1, 1)).toBe(false);
  });
});
