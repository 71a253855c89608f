import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import limits from '../vectors/limits.json' with { type: 'json' };
import { files } from '../scripts/vectors.ts';
import { MAX_WEIGHT } from './cap-table.ts';
import { LEAF_SIZE, MAX_LINKS } from './content.ts';
import { MAX_BATCH } from './contribution-tree.ts';
import { FLOE_HEADER_SIZE, FLOE_SEGMENT_OVERHEAD } from './floe.ts';
import { MAX_VERSION } from './keys.ts';
import { WRAPPED_DEK_SIZE } from './wrap.ts';

describe('limits', () => {
  it('number intakes and versions alike, from 1 to 1,023', () => {
    expect([limits.firstIntake, limits.lastIntake]).toEqual([limits.firstVersion, limits.lastVersion]);
    expect([limits.firstIntake, limits.lastIntake, limits.topKekIndex]).toEqual([1, MAX_VERSION, MAX_VERSION]);
  });

  it('are those of the code', () => {
    expect(limits).toMatchObject({
      maxBatch: MAX_BATCH,
      maxWeight: String(MAX_WEIGHT),
      leafSize: LEAF_SIZE,
      maxLinks: MAX_LINKS,
      floeHeaderSize: FLOE_HEADER_SIZE,
      floeSegmentOverhead: FLOE_SEGMENT_OVERHEAD,
      wrappedDekSize: WRAPPED_DEK_SIZE,
    });
    expect(limits).toMatchObject({
      lastVersion: 1023,
      maxBatch: 1000,
      maxPackItems: 32,
      maxSeals: 4,
      maxEntitlementSources: 4,
    });
  });
});

describe('vector files', () => {
  const folder = new URL('../vectors/', import.meta.url);

  it('are exactly the generated ones', () => {
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort(),
    ).toEqual(Object.keys(files).sort());
  });

  it.each(Object.keys(files))('%s is fresh', async (name) => {
    const text = `${JSON.stringify(await files[name]!(), null, 2)}\n`;
    expect(readFileSync(new URL(name, folder), 'utf8') === text).toBe(true);
  });
});
