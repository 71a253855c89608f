import { describe, expect, it } from '@jest/globals';
import { keccak256, solidityPacked } from 'ethers';
import fc from 'fast-check';
import vectors from '../vectors/cap-table.json' with { type: 'json' };
import { hexOf } from '../test/arbitrary.ts';
import {
  capLeafWord,
  capTable,
  capTableProof,
  MAX_WEIGHT,
  Role,
  scaleWeights,
  verifyCapTableProof,
  weightOf,
  type CapTableLeaf,
} from './cap-table.ts';

interface LeafJson {
  role: string;
  account: string;
  weight: string;
  validUntil: string;
  consentNonce: string;
}
const parseLeaf = (leaf: LeafJson): CapTableLeaf => ({
  role: Number(leaf.role),
  account: leaf.account,
  weight: BigInt(leaf.weight),
  validUntil: BigInt(leaf.validUntil),
  consentNonce: Number(leaf.consentNonce),
});

const leafOf = (maxWeight = 1_000_000n): fc.Arbitrary<CapTableLeaf> =>
  fc.record({
    role: fc.integer({ min: 0, max: 3 }),
    account: hexOf(20),
    weight: fc.bigInt({ min: 1n, max: maxWeight }),
    validUntil: fc.bigInt({ min: 0n, max: 2n ** 40n - 1n }),
    consentNonce: fc.nat(0xffffffff),
  });
const leavesOf = fc.uniqueArray(leafOf(), { minLength: 1, maxLength: 25, selector: (leaf) => leaf.account });

describe('cap table', () => {
  it('has its constants', () => {
    expect(String(MAX_WEIGHT)).toBe(vectors.maxWeight);
    expect(Role).toEqual(vectors.roles);
    expect(capTable([]).root).toBe(BigInt(vectors.emptyRoot));
  });

  it.each(vectors.tables)('has words, proofs and root: $name', ({ root, total, leaves }) => {
    const parsed = leaves.map(parseLeaf);
    const table = capTable([...parsed].reverse());
    expect(table.leaves).toEqual(parsed);
    expect(table.root).toBe(BigInt(root));
    expect(table.total).toBe(BigInt(total));
    leaves.forEach((leaf, index) => {
      const proof = leaf.proof.map(BigInt);
      expect(capLeafWord(parsed[index]!)).toBe(BigInt(leaf.word));
      expect(capTableProof(table, index)).toEqual(proof);
      expect(verifyCapTableProof(BigInt(root), parsed[index]!, index, proof)).toBe(true);
    });
  });

  it('is what the format says, written out by hand for two leaves', () => {
    const { leaves, root, total } = vectors.tables[1]!;
    const cut = (hash: string, sum: bigint) => `0x${hash.slice(2, 56)}${sum.toString(16).padStart(10, '0')}`;
    const words = leaves.map((leaf) =>
      cut(
        keccak256(
          solidityPacked(
            ['uint8', 'uint8', 'address', 'uint40', 'uint40', 'uint32'],
            [0, leaf.role, leaf.account, leaf.weight, leaf.validUntil, leaf.consentNonce],
          ),
        ),
        BigInt(leaf.weight),
      ),
    );
    expect(words).toEqual(leaves.map((leaf) => leaf.word));
    expect(cut(keccak256(`0x01${words[0]!.slice(2)}${words[1]!.slice(2)}`), BigInt(total))).toBe(root);
  });

  it.each(vectors.invalid)('refuses: $why', ({ root, leaf, index, proof }) => {
    expect(verifyCapTableProof(BigInt(root), parseLeaf(leaf), index, proof.map(BigInt))).toBe(false);
  });

  it('sorts, sums up and proves every leaf', () => {
    fc.assert(
      fc.property(leavesOf, (leaves) => {
        const table = capTable(leaves);
        expect(table.total).toBe(leaves.reduce((sum, leaf) => sum + leaf.weight, 0n));
        expect(table.words).toEqual([...table.words].sort((a, b) => (a < b ? -1 : 1)));
        table.leaves.forEach((leaf, i) => {
          expect(weightOf(table.words[i]!)).toBe(leaf.weight);
          expect(verifyCapTableProof(table.root, leaf, i, capTableProof(table, i))).toBe(true);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the order in which leaves are given', () => {
    fc.assert(
      fc.property(leavesOf, (leaves) => {
        expect(capTable([...leaves].reverse())).toEqual(capTable(leaves));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a proof with one changed bit in root, leaf or sibling, sums included', () => {
    fc.assert(
      fc.property(leavesOf, fc.nat(), fc.integer({ min: 0, max: 255 }), (leaves, pick, bit) => {
        const table = capTable(leaves);
        const index = pick % leaves.length;
        const leaf = table.leaves[index]!;
        const proof = capTableProof(table, index);
        const flip = (word: bigint) => word ^ (1n << BigInt(bit));
        expect(verifyCapTableProof(flip(table.root), leaf, index, proof)).toBe(false);
        proof.forEach((sibling, i) => {
          expect(verifyCapTableProof(table.root, leaf, index, proof.with(i, flip(sibling)))).toBe(false);
        });
        const changes: Partial<CapTableLeaf>[] = [
          { role: (leaf.role + 1) % 4 },
          { weight: leaf.weight + 1n },
          { validUntil: leaf.validUntil ^ 1n },
          { consentNonce: leaf.consentNonce === 0 ? 1 : leaf.consentNonce - 1 },
          { account: `0x${'12'.repeat(20)}` },
        ];
        for (const change of changes) {
          expect(verifyCapTableProof(table.root, { ...leaf, ...change }, index, proof)).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never lets a sum pass 2^40 - 1', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(leafOf(MAX_WEIGHT), { minLength: 1, maxLength: 6, selector: (l) => l.account }),
        (leaves) => {
          const sum = leaves.reduce((total, leaf) => total + leaf.weight, 0n);
          if (sum <= MAX_WEIGHT) expect(capTable(leaves).total).toBe(sum);
          else expect(() => capTable(leaves)).toThrow(RangeError);
        },
      ),
    );
  });

  it('refuses zero, too large and duplicated leaves, and foreign words in a proof', () => {
    const leaf = parseLeaf(vectors.tables[0]!.leaves[0]!);
    expect(() => capLeafWord({ ...leaf, weight: 0n })).toThrow(RangeError);
    expect(() => capLeafWord({ ...leaf, weight: MAX_WEIGHT + 1n })).toThrow(RangeError);
    expect(() => capTable([leaf, { ...leaf }])).toThrow(RangeError);
    expect(() => capTableProof(capTable([leaf]), 1)).toThrow(RangeError);
    expect(verifyCapTableProof(capTable([leaf]).root, leaf, 0, [-1n])).toBe(false);
    expect(verifyCapTableProof(capTable([leaf]).root, leaf, 0, [2n ** 256n])).toBe(false);
    expect(verifyCapTableProof(capTable([leaf]).root, leaf, 0, Array<bigint>(33).fill(0n))).toBe(false);
  });
});

describe('largest remainder', () => {
  it.each(vectors.scaling)('scales $raw to $total', ({ raw, total, scaled }) => {
    expect(scaleWeights(raw.map(BigInt), BigInt(total)).map(String)).toEqual(scaled);
  });

  it('sums up exactly, keeps the order of weights and stays within one of the share', () => {
    const raw = fc.array(fc.bigInt({ min: 0n, max: 10n ** 24n }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(raw, fc.bigInt({ min: 1n, max: MAX_WEIGHT }), (weights, total) => {
        const sum = weights.reduce((a, b) => a + b, 0n);
        const scaled = scaleWeights(weights, total);
        expect(scaled.reduce((a, b) => a + b, 0n)).toBe(sum <= total ? sum : total);
        if (sum <= total) return expect(scaled).toEqual(weights);
        weights.forEach((weight, i) => {
          const floor = (weight * total) / sum;
          expect(scaled[i] === floor || scaled[i] === floor + 1n).toBe(true);
          weights.forEach((other, j) => {
            if (weight > other) expect(scaled[i]! >= scaled[j]!).toBe(true);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives ties to the earlier entry', () => {
    expect(scaleWeights([1n, 1n, 1n], 2n)).toEqual([1n, 1n, 0n]);
  });

  it('refuses negative weights', () => {
    expect(() => scaleWeights([1n, -1n])).toThrow(RangeError);
  });
});
