import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HALF_LIFE, skillOf } from './skill.ts';

const NOW = 2_000_000_000;
const label = (right: boolean, age = 0) => ({ at: NOW - age, right });

describe('skill', () => {
  it('starts at two in three and moves with what is judged', () => {
    expect(skillOf([], NOW)).toMatchObject({ right: 2, wrong: 1 });
    expect(skillOf([label(true), label(true), label(false)], NOW)).toMatchObject({ right: 4, wrong: 2 });
  });

  it('lets a label weigh half after its half-life', () => {
    const { right } = skillOf([label(true, HALF_LIFE)], NOW);
    expect(right).toBeCloseTo(2.5, 12);
    expect(skillOf([label(true, 2 * HALF_LIFE)], NOW).right).toBeCloseTo(2.25, 12);
  });

  it('does not depend on the order in which labels come', () => {
    const one = fc.record({ at: fc.integer({ min: NOW - 10 * HALF_LIFE, max: NOW }), right: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one), (labels) => {
        expect(skillOf([...labels].reverse(), NOW)).toEqual(skillOf(labels, NOW));
      }),
    );
  });

  it('is never worse after one more right label, and always a probability', () => {
    const one = fc.record({ at: fc.integer({ min: 0, max: NOW }), right: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one), fc.integer({ min: 0, max: NOW }), (labels, at) => {
        const before = skillOf(labels, NOW).mean;
        const after = skillOf([...labels, { at, right: true }], NOW).mean;
        expect(after).toBeGreaterThanOrEqual(before - 1e-12);
        expect(after > 0 && after < 1).toBe(true);
      }),
    );
  });
});
