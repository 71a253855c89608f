import { describe, expect, it } from '@jest/globals';
import { keccak256 } from 'ethers';
import fc from 'fast-check';
import vectors from '../vectors/contribution-tree.json' with { type: 'json' };
import { flipHexBit, hexOf } from '../test/arbitrary.ts';
import { concatBytes, fromHex, type Hex } from './bytes.ts';
import {
  contributionLeaf,
  contributionProof,
  contributionRoot,
  leavesByIndex,
  MAX_BATCH,
  verifyContributionProof,
} from './contribution-tree.ts';
import { hashStruct, type Contribution } from './typed-data.ts';

const leavesOf = fc.array(hexOf(32), { minLength: 1, maxLength: 40 });

describe('contribution tree', () => {
  it.each(vectors.contributions)('hashes contribution $value.contributionId', ({ value, hashStruct: hash, leaf }) => {
    const contribution = value as unknown as Contribution;
    expect(hashStruct('Contribution', contribution)).toBe(hash);
    expect(contributionLeaf(contribution)).toBe(leaf);
    expect(keccak256(`0x00${hash.slice(2)}`)).toBe(leaf);
  });

  it.each(vectors.trees)('has the root and the proofs of $count leaves', ({ count, root, leaves, proofs }) => {
    expect(leaves).toEqual(vectors.contributions.slice(0, count).map((entry) => entry.leaf));
    expect(contributionRoot(leaves as Hex[])).toBe(root);
    proofs.forEach((proof, index) => {
      expect(contributionProof(leaves as Hex[], index)).toEqual(proof);
      expect(verifyContributionProof(root, leaves[index] as Hex, index, proof as Hex[])).toBe(true);
    });
  });

  it('is what the format says, written out by hand for three leaves', () => {
    const [a, b, c] = vectors.trees[2]!.leaves.map((leaf) => fromHex(leaf)) as [Uint8Array, Uint8Array, Uint8Array];
    const node = (left: Uint8Array, right: Uint8Array) =>
      fromHex(keccak256(concatBytes(new Uint8Array([1]), left, right)));
    const root = keccak256(concatBytes(new Uint8Array([1]), node(a, b), node(c, new Uint8Array(32))));
    expect(root).toBe(vectors.trees[2]!.root);
    expect(vectors.trees[0]!.root).toBe(vectors.trees[0]!.leaves[0]);
  });

  it.each(vectors.invalid)('refuses: $why', ({ root, leaf, index, proof }) => {
    expect(verifyContributionProof(root, leaf as Hex, index, proof as Hex[])).toBe(false);
  });

  it('proves every leaf of every tree', () => {
    fc.assert(
      fc.property(leavesOf, (leaves) => {
        const root = contributionRoot(leaves);
        leaves.forEach((leaf, i) =>
          expect(verifyContributionProof(root, leaf, i, contributionProof(leaves, i))).toBe(true),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('proves each item of a batch with gaps at its own index, and nothing where there is none', () => {
    const gap = `0x${'00'.repeat(32)}` as Hex;
    const [a, b] = vectors.trees[2]!.leaves as [Hex, Hex];
    const leaves = leavesByIndex(
      new Map([
        [1, a],
        [4, b],
      ]),
      5,
    );
    expect(leaves).toEqual([gap, a, gap, gap, b]);
    const root = contributionRoot(leaves);
    const proof = contributionProof(leaves, 4);
    expect(verifyContributionProof(root, b, 4, proof)).toBe(true);
    for (const index of [0, 1, 2, 3, 5]) expect(verifyContributionProof(root, b, index, proof)).toBe(false);
  });

  it('refuses a proof with one changed bit in leaf, sibling or root', () => {
    fc.assert(
      fc.property(leavesOf, fc.nat(), fc.nat(), (leaves, pick, at) => {
        const index = pick % leaves.length;
        const [root, leaf] = [contributionRoot(leaves), leaves[index] as Hex];
        const proof = contributionProof(leaves, index);
        expect(verifyContributionProof(flipHexBit(root, at), leaf, index, proof)).toBe(false);
        expect(verifyContributionProof(root, flipHexBit(leaf, at), index, proof)).toBe(false);
        proof.forEach((sibling, i) => {
          const changed = proof.with(i, flipHexBit(sibling, at));
          expect(verifyContributionProof(root, leaf, index, changed)).toBe(false);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses another, a negative and a broken index', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(hexOf(32), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        fc.integer({ min: -64, max: 64 }),
        (leaves, pick, other) => {
          const index = pick % leaves.length;
          fc.pre(other !== index);
          const proof = contributionProof(leaves, index);
          const root = contributionRoot(leaves);
          expect(verifyContributionProof(root, leaves[index] as Hex, other, proof)).toBe(false);
          expect(verifyContributionProof(root, leaves[index] as Hex, index + 0.5, proof)).toBe(false);
        },
      ),
    );
  });

  it('changes with the order of the leaves', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hexOf(32), { minLength: 2, maxLength: 20 }), (leaves) => {
        expect(contributionRoot([...leaves].reverse())).not.toBe(contributionRoot(leaves));
      }),
    );
  });

  it('does not take an inner node for a leaf', () => {
    const { leaves, root } = vectors.trees[3]!;
    const inner = keccak256(concatBytes(new Uint8Array([1]), fromHex(leaves[0]!), fromHex(leaves[1]!)));
    const contribution = vectors.contributions[0]!.value as unknown as Contribution;
    expect(contributionLeaf(contribution)).not.toBe(inner);
    expect(verifyContributionProof(root, inner as Hex, 0, contributionProof(leaves as Hex[], 0))).toBe(false);
  });

  it('holds 1 to 1,000 leaves', () => {
    const leaf = `0x${'11'.repeat(32)}` as Hex;
    expect(() => contributionRoot([])).toThrow(RangeError);
    expect(() => contributionRoot(Array<Hex>(MAX_BATCH + 1).fill(leaf))).toThrow(RangeError);
    expect(contributionProof(Array<Hex>(MAX_BATCH).fill(leaf), MAX_BATCH - 1)).toHaveLength(10);
    expect(() => contributionProof([leaf], 1)).toThrow(RangeError);
    expect(() => contributionProof([leaf], -1)).toThrow(RangeError);
  });
});
