import { describe, expect, test } from '@jest/globals';
import { reportOf, tableOf } from './report.ts';

const measured = [
  { op: 'claim', n: 10, gas: 47_000 },
  { op: 'claim', n: 10_000, gas: 48_000 },
  { op: 'approve', n: 1, gas: 46_000 },
];
const peers = [
  { op: 'claim', peer: 'release', gas: 60_000 },
  { op: 'claim', ns: [10], peer: 'list', gas: null },
];

describe('report of the gas bench', () => {
  test('has a row for each measurement and peer of that n', () => {
    const { rows } = reportOf(measured, peers, { claim: 47_500 }, {});
    expect(rows).toEqual([
      { op: 'claim', n: 10, gas: 47_000, target: 47_500, peer: 'release', peerGas: 60_000 },
      { op: 'claim', n: 10, gas: 47_000, target: 47_500, peer: 'list', peerGas: null },
      { op: 'claim', n: 10_000, gas: 48_000, target: 47_500, peer: 'release', peerGas: 60_000 },
      { op: 'approve', n: 1, gas: 46_000, target: null, peer: null, peerGas: null },
    ]);
  });

  test('names what is above its target, with the reason that is written down or without', () => {
    const miss = { op: 'claim', n: 10_000, gas: 48_000, target: 47_500 };
    expect(reportOf(measured, peers, { claim: 47_500 }, {}).missed).toEqual([{ ...miss, reason: null }]);
    const explained = reportOf(measured, peers, { claim: 47_500 }, { claim: 'two more slots' });
    expect(explained.missed).toEqual([{ ...miss, reason: 'two more slots' }]);
    expect(tableOf(explained).at(-1)).toBe('MISSED claim, n = 10,000: 48,000 > 47,500: two more slots');
  });

  test('shows a measurement once and its peers below each other', () => {
    const lines = tableOf(reportOf(measured, peers, { claim: 47_500 }, {}));
    expect(lines[1]).toMatch(/^claim +10 +47,000 +47,500 ok +release +60,000$/);
    expect(lines[2]).toMatch(/^ +list +–$/);
    expect(lines[3]).toMatch(/^claim +10,000 +48,000 +47,500 MISSED +release +60,000$/);
  });
});
