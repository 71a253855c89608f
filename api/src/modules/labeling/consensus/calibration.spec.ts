import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aggregate } from './aggregate.ts';
import { calibrated, fitCalibration } from './calibration.ts';
import type { JudgedRow } from './calibration.ts';
import { randomSource, simulateVotes } from './simulate-votes.ts';
import { calibrationOf, statedPosterior } from './stated.ts';
import { buildVoteTable } from './vote-table.ts';

/** Rows that say `said` for class 0 and are right with probability `right`. */
function rows(count: number, said: number, right: number, seed = 1): JudgedRow[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => ({ posterior: [said, 1 - said], truth: random() < right ? 0 : 1 }));
}

const highest = (row: Float64Array): number => Math.max(...row);

describe('calibration', () => {
  it('learns from known answers that a model is too sure', () => {
    const calibration = fitCalibration(rows(400, 0.999, 0.8));
    expect(highest(calibrated([0.999, 0.001], calibration))).toBeCloseTo(0.8, 1);
  });

  it('learns that a model is not sure enough', () => {
    const calibration = fitCalibration(rows(400, 0.7, 0.95));
    expect(highest(calibrated([0.7, 0.3], calibration))).toBeGreaterThan(0.88);
  });

  it('stays near what is usual with little gold, and is that without any', () => {
    const usual = fitCalibration([]);
    const few = fitCalibration(rows(3, 0.99, 1));
    expect(usual.temperature).toBeGreaterThan(1);
    expect(Math.abs(few.temperature - usual.temperature)).toBeLessThan(0.4);
  });

  it('says nothing surer than the known answers bear out', () => {
    // Eight of ten of the surest are right; the less sure ones are as they say.
    const calibration = fitCalibration([...rows(100, 0.9999, 0.8), ...rows(400, 0.8, 0.8, 2)]);
    expect(highest(calibrated([0.999999, 0.000001], calibration))).toBeLessThan(0.95);
  });

  it('changes no order of the classes, and rows stay probabilities', () => {
    const row = fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 });
    const calibration = fc.record({
      temperature: fc.double({ min: 0.3, max: 10, noNaN: true }),
      doubt: fc.double({ min: 0, max: 0.6, noNaN: true }),
      ceiling: fc.double({ min: 0.7, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(row, calibration, (weights, fitted) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const posterior = weights.map((weight) => weight / total);
        const stated = calibrated(posterior, fitted);
        expect(stated.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
        const lead = posterior.indexOf(Math.max(...posterior));
        expect(stated[lead]!).toBeGreaterThanOrEqual(highest(stated) - 1e-12);
      }),
    );
  });

  it('is fitted to gold that the run did not see, and leaves known tasks known', () => {
    const labels = ['a', 'b'];
    const workers = [0.75, 0.75, 0.7, 0.65, 0.6];
    const { votes, truth } = simulateVotes({ tasks: 600, labels, seed: 3, workers, answersPerTask: 4 });
    const table = buildVoteTable(votes, labels);
    const gold = new Map([...truth].slice(0, 200));
    const { posterior } = aggregate(table, { gold });
    const stated = statedPosterior(table, posterior, calibrationOf(table, { gold }), gold);
    let sure = 0;
    let right = 0;
    table.tasks.forEach((task, t) => {
      const row = stated.subarray(2 * t, 2 * t + 2);
      if (gold.has(task)) expect(row[labels.indexOf(gold.get(task)!)]).toBe(1);
      else if (highest(row) >= 0.9) {
        sure += 1;
        if (row[labels.indexOf(truth.get(task)!)]! >= 0.9) right += 1;
      }
    });
    expect(sure).toBeGreaterThan(100);
    expect(right / sure).toBeGreaterThan(0.9);
  });
});
