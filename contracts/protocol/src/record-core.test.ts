import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import vectors from '../vectors/record-core.json' with { type: 'json' };
import { flipHexBit, hexOf } from '../test/arbitrary.ts';
import { toHex } from './bytes.ts';
import { canonicalJson } from './json.ts';
import { contentAad } from './record-core.ts';

describe('record core', () => {
  it.each(vectors.cores)('has its text and AAD', ({ core, canonicalText, aad }) => {
    expect(canonicalJson(core)).toBe(canonicalText);
    expect(toHex(contentAad(core))).toBe(aad);
  });

  it('does not depend on letter case or on further fields', () => {
    const { core, aad } = vectors.cores[0]!;
    const upper = Object.fromEntries(
      Object.entries(core).map(([key, hex]) => [key, `0x${hex.slice(2).toUpperCase()}`]),
    );
    expect(toHex(contentAad({ ...(upper as typeof core), size: 7 } as typeof core))).toBe(aad);
  });

  it('changes with any bit of any field', () => {
    const core = fc.record({ contributionId: hexOf(32), datasetId: hexOf(32), schemaHash: hexOf(32) });
    fc.assert(
      fc.property(core, fc.nat(), (value, at) => {
        for (const name of ['contributionId', 'datasetId', 'schemaHash'] as const) {
          expect(toHex(contentAad({ ...value, [name]: flipHexBit(value[name], at) }))).not.toBe(
            toHex(contentAad(value)),
          );
        }
      }),
    );
  });
});
