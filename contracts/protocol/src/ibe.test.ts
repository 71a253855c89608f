import { describe, expect, it } from '@jest/globals';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import fc from 'fast-check';
import vectors from '../vectors/ibe.json' with { type: 'json' };
import { withFixedRandomness } from '../scripts/fixed-randomness.ts';
import { bytesOf, flipBit } from '../test/arbitrary.ts';
import { fromHex, tag, toHex } from './bytes.ts';
import { hashIdentity, ibeEncrypt, IbeError, ibeOpen, verifyShare, type KeyShare } from './ibe.ts';

const { Fr } = bls.fields;
const networkKey = fromHex(vectors.networkKey);
const ciphertext = fromHex(vectors.ciphertext);
const shares: KeyShare[] = vectors.keepers.map(({ index, signature }) => ({ index, signature: fromHex(signature) }));
const [first, second, third] = shares as [KeyShare, KeyShare, KeyShare];

/** Shares of a network with a random polynomial of degree t − 1. */
function dealShares(coefficients: bigint[], indices: number[], identity: string) {
  const at = (x: number) => coefficients.reduceRight((sum, c) => Fr.add(Fr.mul(sum, BigInt(x)), c), 0n);
  return {
    networkKey: bls.G1.Point.BASE.multiply(coefficients[0] as bigint).toBytes(),
    shares: indices.map((index) => ({ index, signature: hashIdentity(identity).multiply(at(index)).toBytes() })),
    commitments: indices.map((index) => bls.G1.Point.BASE.multiply(at(index)).toBytes()),
  };
}

describe('identity-based encryption', () => {
  it('has its ciphertext', async () => {
    const sealed = await withFixedRandomness('ibe', () =>
      ibeEncrypt(networkKey, vectors.identity, fromHex(vectors.message)),
    );
    expect(toHex(sealed)).toBe(vectors.ciphertext);
    expect(sealed).toHaveLength(115);
    const random = await withFixedRandomness('ibe', () => globalThis.crypto.getRandomValues(new Uint8Array(32)));
    expect(toHex(random)).toBe(vectors.random);
  });

  it('opens with any two of three shares, in any order, and with all', () => {
    for (const some of [
      [first, second],
      [first, third],
      [second, third],
      [third, first],
      [first, second, third],
    ]) {
      expect(toHex(ibeOpen(ciphertext, some) ?? new Uint8Array())).toBe(vectors.message);
    }
  });

  it('does not open with one share, a false share or none', () => {
    expect(ibeOpen(ciphertext, [first])).toBeUndefined();
    expect(ibeOpen(ciphertext, [])).toBeUndefined();
    expect(ibeOpen(ciphertext, [first, { ...second, signature: third.signature }])).toBeUndefined();
    expect(() => ibeOpen(ciphertext, [first, first])).toThrow(IbeError);
  });

  it('answers undefined, never an error, whatever noise a false share leaves behind', () => {
    // With these three the noise starts like an endless length.
    for (const i of [1, 24, 33, 36]) {
      const signature = hashIdentity(`other ${i}`).toBytes();
      expect(ibeOpen(ciphertext, [{ index: 1, signature }])).toBeUndefined();
    }
  });

  it('verifies shares against the commitments of their keepers', () => {
    vectors.keepers.forEach(({ commitment }, i) => {
      expect(verifyShare(fromHex(commitment), vectors.identity, shares[i]!)).toBe(true);
      expect(verifyShare(fromHex(commitment), `${vectors.identity}.`, shares[i]!)).toBe(false);
      expect(verifyShare(fromHex(commitment), vectors.identity, shares[(i + 1) % 3]!)).toBe(false);
    });
    const broken = { index: 1, signature: flipBit(first.signature, 500) };
    expect(verifyShare(fromHex(vectors.keepers[0]!.commitment), vectors.identity, broken)).toBe(false);
    expect(verifyShare(new Uint8Array(48), vectors.identity, first)).toBe(false);
  });

  it('does not open with one changed bit in the ciphertext', () => {
    fc.assert(
      fc.property(fc.nat(ciphertext.length * 8 - 1), (at) => {
        let opened: Uint8Array | undefined;
        try {
          opened = ibeOpen(flipBit(ciphertext, at), [first, second]);
        } catch {
          opened = undefined;
        }
        expect(opened).toBeUndefined();
      }),
      { numRuns: 12 },
    );
  });

  it('refuses malformed ciphertexts', () => {
    const cut = [new Uint8Array(), ciphertext.slice(0, 81), ciphertext.slice(0, -1), ciphertext.slice(0, -2)];
    for (const bad of cut) expect(() => ibeOpen(bad, [first, second])).toThrow(IbeError);
  });

  it('round trips for t of n keepers and identities of any text', () => {
    const scalar = bytesOf(32).map((bytes) => Fr.create(BigInt(toHex(bytes))) || 1n);
    fc.assert(
      fc.property(
        fc.array(scalar, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.uint8Array({ maxLength: 150 }),
        (coefficients, identity, message) => {
          const t = coefficients.length;
          const indices = [1, 2, 3, 4, 5].slice(5 - t);
          const network = dealShares(coefficients, indices, identity);
          const sealed = ibeEncrypt(network.networkKey, identity, message);
          expect(toHex(ibeOpen(sealed, network.shares) ?? networkKey)).toBe(toHex(message));
          if (t > 1) expect(ibeOpen(sealed, network.shares.slice(1))).toBeUndefined();
          expect(verifyShare(network.commitments[0]!, identity, network.shares[0]!)).toBe(true);
        },
      ),
      { numRuns: 4 },
    );
  });

  it('does not open under another identity or network', () => {
    const sealed = ibeEncrypt(networkKey, 'another identity', fromHex(vectors.message));
    expect(ibeOpen(sealed, [first, second])).toBeUndefined();
    const other = bls.G1.Point.BASE.multiply(Fr.create(BigInt(tag('other')))).toBytes();
    expect(ibeOpen(ibeEncrypt(other, vectors.identity, fromHex(vectors.message)), [first, second])).toBeUndefined();
  });
});
