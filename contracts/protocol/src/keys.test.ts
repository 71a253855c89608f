import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import keys from '../vectors/keys.json' with { type: 'json' };
import limits from '../vectors/limits.json' with { type: 'json' };
import { bytesOf, flipBit, flipHexBit, hexOf } from '../test/arbitrary.ts';
import { concatBytes, fromHex, toHex, uintBE, utf8 } from './bytes.ts';
import { contributorRef, labelKey, MAX_VERSION, refPrivateKey, refSeed, topKek, walkKek } from './keys.ts';

const chainId = BigInt(keys.chainId);
const firstRef = keys.refs[0]!;

/** HKDF of another implementation. */
const hkdf = (ikm: Uint8Array, info: Uint8Array, length: number) =>
  toHex(new Uint8Array(hkdfSync('sha256', ikm, new Uint8Array(), info, length)));

describe('contributorRef', () => {
  it.each(keys.refs)('of dataset $datasetId is $contributorRef', (vector) => {
    const seed = refSeed(fromHex(keys.seed), chainId, vector.datasetId);
    expect(toHex(seed)).toBe(vector.refSeed);
    expect(refPrivateKey(seed)).toBe(vector.privateKey);
    expect(contributorRef(seed).toLowerCase()).toBe(vector.contributorRef);
  });

  it('agrees with another HKDF', () => {
    const info = concatBytes(utf8('allod/ref-seed'), uintBE(chainId, 32), fromHex(firstRef.datasetId));
    expect(hkdf(fromHex(keys.seed), info, 32)).toBe(firstRef.refSeed);
    const wide = BigInt(hkdf(fromHex(firstRef.refSeed), utf8('allod/ref-key'), 48));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    expect(toHex(uintBE((wide % (order - 1n)) + 1n, 32))).toBe(firstRef.privateKey);
  });

  it('changes with any bit of seed, chain and dataset', () => {
    fc.assert(
      fc.property(bytesOf(32), hexOf(32), fc.nat(), (seed, dataset, at) => {
        const here = toHex(refSeed(seed, 1, dataset));
        expect(toHex(refSeed(flipBit(seed, at), 1, dataset))).not.toBe(here);
        expect(toHex(refSeed(seed, 1, flipHexBit(dataset, at)))).not.toBe(here);
        expect(toHex(refSeed(seed, 2, dataset))).not.toBe(here);
      }),
    );
  });

  it('refuses a seed of another length', () => {
    expect(() => refSeed(new Uint8Array(31), 1, firstRef.datasetId)).toThrow(RangeError);
  });
});

describe('KEK chain', () => {
  const seed = fromHex(firstRef.refSeed);

  it.each(keys.kekChains)('of consent $consentHash', ({ consentHash, keks }) => {
    const top = topKek(seed, chainId, firstRef.datasetId, consentHash);
    for (const { index, kek } of keks) expect(toHex(walkKek(top, MAX_VERSION, index))).toBe(kek);
  });

  it('agrees with another HKDF', () => {
    const { consentHash, keks } = keys.kekChains[0]!;
    const info = concatBytes(utf8('allod/kek'), uintBE(chainId, 32), fromHex(firstRef.datasetId), fromHex(consentHash));
    expect(hkdf(seed, info, 32)).toBe(keks[0]!.kek);
    expect(hkdf(fromHex(keks[0]!.kek), utf8('allod/kek/down'), 32)).toBe(keks[1]!.kek);
  });

  it('separates two consents of one contributor under one nonce', () => {
    const [one, other] = keys.kekChains;
    const all = [...one!.keks, ...other!.keks].map((entry) => entry.kek);
    expect(new Set(all).size).toBe(all.length);
  });

  it('walks in one or in many steps to the same key', () => {
    const index = fc.integer({ min: 1, max: MAX_VERSION });
    fc.assert(
      fc.property(bytesOf(32), fc.tuple(index, index, index), (kek, indices) => {
        const [low, middle, high] = indices.sort((a, b) => a - b) as [number, number, number];
        expect(toHex(walkKek(walkKek(kek, high, middle), middle, low))).toBe(toHex(walkKek(kek, high, low)));
      }),
      { numRuns: 20 },
    );
  });

  it('leaves the key it walks from alone', () => {
    const kek = new Uint8Array(32).fill(7);
    walkKek(kek, 9, 9)[0] = 1;
    expect(kek[0]).toBe(7);
  });

  it.each(limits.refusedWalks)('refuses to walk from $from to $to', ({ from, to }) => {
    expect(() => walkKek(new Uint8Array(32), from, to)).toThrow(RangeError);
  });

  it('refuses every walk upwards and every index that is no integer', () => {
    const index = fc.integer({ min: 1, max: MAX_VERSION - 1 });
    fc.assert(
      fc.property(index, fc.integer({ min: 1, max: MAX_VERSION }), (from, up) => {
        expect(() => walkKek(new Uint8Array(32), from, from + up)).toThrow(RangeError);
        expect(() => walkKek(new Uint8Array(32), from + 0.5, 1)).toThrow(RangeError);
      }),
    );
  });
});

describe('label key', () => {
  it('is derived from the KEK of its intake', () => {
    const { kek, packId, labelKey: expected } = keys.labelKey;
    expect(toHex(labelKey(fromHex(kek), packId))).toBe(expected);
    expect(hkdf(fromHex(kek), concatBytes(utf8('allod/label'), fromHex(packId)), 32)).toBe(expected);
  });

  it('is another one for another pack', () => {
    fc.assert(
      fc.property(bytesOf(32), hexOf(32), fc.nat(), (kek, pack, at) => {
        expect(toHex(labelKey(kek, pack))).not.toBe(toHex(labelKey(kek, flipHexBit(pack, at))));
      }),
    );
  });
});
