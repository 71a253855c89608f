import { expect, it } from '@jest/globals';
import { rawCid, toHex } from '@allod/protocol';
import { blocksOf } from '../testing/fakeApi.ts';
import { carOf } from './car.ts';

it('small blocks in one request are read in their order, whatever their size', () => {
  const blocks = [1, 90, 91, 127, 128, 16_300, 16_384, 65_536].map((size, i) => {
    const bytes = new Uint8Array(size).fill(i + 1);
    return { cid: rawCid(bytes), bytes };
  });
  const car = carOf(blocks);
  expect(toHex(car.subarray(0, 18))).toBe('0x3aa265726f6f747381d82a58250001551220');
  const read = blocksOf(car);
  expect(read.map(({ cid }) => cid.toString())).toEqual(blocks.map(({ cid }) => cid.toString()));
  expect(read.map(({ bytes }) => toHex(bytes))).toEqual(blocks.map(({ bytes }) => toHex(bytes)));
});
