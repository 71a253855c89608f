import { describe, expect, it } from '@jest/globals';
import { rawCid } from '@allod/protocol';
import { decodeCursor, encodeCursor, pageSize } from './pagination.ts';
import { scalars } from './scalars.ts';

describe('scalars', () => {
  const cid = rawCid(new Uint8Array([1])).toString();

  it.each([
    ['Address', '0x5fbdb2315678afecb367f032d93f642f64180aa3', '0x5FbDB2315678afecb367f032d93F642f64180aa3'],
    ['Bytes32', `0x${'AB'.repeat(32)}`, `0x${'ab'.repeat(32)}`],
    ['Bytes', '0xAB', '0xab'],
    ['CID', cid, cid],
    ['TokenAmount', '007', '7'],
  ] as const)('%s is normalized', (name, value, expected) => {
    expect(scalars[name].parseValue(value)).toBe(expected);
  });

  it.each([
    ['Address', '0x5FbDB2315678afecb367f032d93F642f64180aa4'],
    ['Bytes32', '0x12'],
    ['Bytes', '0x1'],
    ['CID', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'],
    ['TokenAmount', '-1'],
    ['TokenAmount', '1.5'],
    ['TokenAmount', 5],
  ] as const)('%s refuses %s', (name, value) => {
    expect(() => scalars[name].parseValue(value)).toThrow(name);
  });
});

describe('pagination', () => {
  it('gives back the key of a cursor and ignores what is not one', () => {
    expect(decodeCursor(encodeCursor('a', 2))).toEqual(['a', '2']);
    expect(decodeCursor('garbage')).toBeNull();
    expect(decodeCursor(null)).toBeNull();
  });

  it('bounds the page', () => {
    expect([pageSize(null, 20), pageSize(5000, 20), pageSize(-1, 20)]).toEqual([20, 100, 0]);
  });
});
