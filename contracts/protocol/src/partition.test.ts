import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import vectors from '../vectors/partitions.json' with { type: 'json' };
import { hexOf } from '../test/arbitrary.ts';
import { PARTITIONS, partitionOf } from './partition.ts';

describe('partitions', () => {
  it.each(vectors.keys)('of $datasetId is $partition', ({ datasetId, partition }) => {
    expect(partitionOf(datasetId)).toBe(partition);
  });

  it('are 64, and every dataset has one', () => {
    expect(PARTITIONS).toBe(vectors.partitions);
    fc.assert(
      fc.property(hexOf(32), (id) => {
        expect(partitionOf(id)).toBe(Number(BigInt(id) % 64n));
        expect(partitionOf(`0x${id.slice(2).toUpperCase()}`)).toBe(partitionOf(id));
      }),
    );
  });
});
