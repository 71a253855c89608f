import { describe, expect, test } from '@jest/globals';
import { type KeyFigures, missedTargets } from './targets.ts';

const good: KeyFigures = {
  open: { light_p50_ms: 29, sdk_p50_ms: 71 },
  seal_ms: 34,
  keys100_s: 1.2,
  many: { seconds: 73, contributors: 10_000 },
  keysAsked100: 100,
  bundle_gzip_kb: 37,
  client_cpu_ms_per_key: 5,
  keepers_cpu_ms_per_key: 6,
};

describe('the targets of the keys bench', () => {
  test('are met by a run within each of them', () => {
    expect(missedTargets(good)).toEqual([]);
  });

  test.each<[string, Partial<KeyFigures>]>([
    ['open p50', { open: { light_p50_ms: 72, sdk_p50_ms: 71 } }],
    ['seal', { seal_ms: 61 }],
    ['100 contributors', { keys100_s: 3.1 }],
    ['keys asked', { keysAsked100: 101 }],
    ['10000 contributors', { many: { seconds: 301, contributors: 10_000 } }],
    ['1000 contributors', { many: { seconds: 31, contributors: 1000 } }],
    ['CPU', { client_cpu_ms_per_key: 45 }],
    ['light client', { bundle_gzip_kb: 40.1 }],
    ['seal', { seal_ms: NaN }],
  ])('name what was missed: %s', (what, changes) => {
    expect(missedTargets({ ...good, ...changes })).toEqual([expect.stringContaining(what)]);
  });
});
