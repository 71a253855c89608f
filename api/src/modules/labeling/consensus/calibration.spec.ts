import { describe, expect, it } from '@jest/globals';
import { atTemperature, fitTemperature } from './calibration.ts';

describe('temperature', () => {
  it('squares the odds at ½ and takes their root at 2', () => {
    expect([...atTemperature([0.8, 0.2], 0.5)]).toEqual([16 / 17, 1 / 17].map((p) => expect.closeTo(p, 12)));
    expect([...atTemperature([0.8, 0.2], 2)]).toEqual([2 / 3, 1 / 3].map((p) => expect.closeTo(p, 12)));
  });

  it('cools what was too sure until it says what is true', () => {
    // Stated .99, right in 9 of 10.
    const rows = Array.from({ length: 2000 }, (_, i) => ({ posterior: [0.99, 0.01], truth: i % 10 === 0 ? 1 : 0 }));
    expect(atTemperature([0.99, 0.01], fitTemperature(rows))[0]).toBeCloseTo(0.9, 2);
  });

  it('leaves an honest posterior alone, and everything where nothing is known', () => {
    const rows = Array.from({ length: 2000 }, (_, i) => ({ posterior: [0.8, 0.2], truth: i % 5 === 0 ? 1 : 0 }));
    expect(fitTemperature(rows)).toBeCloseTo(1, 2);
    expect(fitTemperature([])).toBeCloseTo(1, 6);
  });
});
