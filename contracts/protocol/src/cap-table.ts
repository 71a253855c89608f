import { keccak256, solidityPacked } from 'ethers';
import { concatBytes, uintBE } from './bytes.ts';
import { climb, foldLevels, siblings } from './merkle.ts';

/** Roles of a cap table leaf (uint8). CONTRIBUTOR leaves form one tree, the others the second. */
export const Role = { CONTRIBUTOR: 0, LABELER: 1, CURATOR: 2, PROTOCOL: 3 } as const;

/** Largest weight, of a leaf and of a whole tree: 2^40 − 1. */
export const MAX_WEIGHT = (1n << 40n) - 1n;
const LOW40 = MAX_WEIGHT;
const NODE = new Uint8Array([1]);

/** One account's place in a version's cap table. `weight` ≤ 2^40 − 1; OTHER roles use validUntil 0 and consentNonce 0. */
export interface CapTableLeaf {
  role: number;
  account: string;
  weight: bigint;
  validUntil: bigint;
  consentNonce: number;
}

/** 32-byte word of a node: 216 bits of keccak256, then the 40-bit sum. */
export type SumWord = bigint;

const cut = (hash: string, sum: bigint): SumWord => ((BigInt(hash) >> 40n) << 40n) | sum;

/** The word of a leaf. Throws RangeError when the weight is 0 or too large. */
export function capLeafWord(leaf: CapTableLeaf): SumWord {
  if (leaf.weight <= 0n || leaf.weight > MAX_WEIGHT) throw new RangeError(`weight ${leaf.weight} is out of range`);
  const packed = solidityPacked(
    ['uint8', 'uint8', 'address', 'uint40', 'uint40', 'uint32'],
    [0, leaf.role, leaf.account, leaf.weight, leaf.validUntil, leaf.consentNonce],
  );
  return cut(keccak256(packed), leaf.weight);
}

function node(left: SumWord, right: SumWord): SumWord {
  const sum = (left & LOW40) + (right & LOW40);
  if (sum > MAX_WEIGHT) throw new RangeError('sum of weights exceeds 2^40 - 1');
  return cut(keccak256(concatBytes(NODE, uintBE(left, 32), uintBE(right, 32))), sum);
}

/** Total weight carried by a word. */
export function weightOf(word: SumWord): bigint {
  return word & LOW40;
}

/**
 * A Merkle-sum tree over leaves sorted by their word, so that two neighbours prove an omission.
 * Source: Merkle-sum trees as used for proofs of liabilities (Maxwell; Chalkias et al., ePrint 2020/468). Not audited.
 */
export interface CapTable {
  /** Sorted. */
  leaves: CapTableLeaf[];
  words: SumWord[];
  root: SumWord;
  total: bigint;
}

/** Builds a table. Duplicated leaves and sums above 2^40 − 1 throw RangeError; no leaves give root 0. */
export function capTable(leaves: readonly CapTableLeaf[]): CapTable {
  if (leaves.length === 0) return { leaves: [], words: [], root: 0n, total: 0n };
  const sorted = leaves
    .map((leaf) => ({ leaf, word: capLeafWord(leaf) }))
    .sort((a, b) => (a.word < b.word ? -1 : a.word > b.word ? 1 : 0));
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i]?.word === sorted[i - 1]?.word) throw new RangeError('duplicated leaf');
  const words = sorted.map((entry) => entry.word);
  const root = (foldLevels(words, 0n, node).at(-1) as SumWord[])[0] as SumWord;
  return { leaves: sorted.map((entry) => entry.leaf), words, root, total: weightOf(root) };
}

/** Proof of leaf `index` of a table. */
export function capTableProof(table: CapTable, index: number): SumWord[] {
  if (table.words[index] === undefined) throw new RangeError(`no leaf ${index}`);
  return siblings(foldLevels(table.words, 0n, node), index, 0n);
}

/** True when leaf and proof lead to the root with all sums in range. */
export function verifyCapTableProof(
  root: SumWord,
  leaf: CapTableLeaf,
  index: number,
  proof: readonly SumWord[],
): boolean {
  try {
    return proof.length <= 32 && climb(capLeafWord(leaf), index, proof, node) === root;
  } catch {
    return false;
  }
}

/**
 * Scales raw weights so that their sum is at most `total` (default 2^40 − 1), by the largest-remainder (Hamilton) method.
 * Entries keep their order; ties go to the earlier entry. Raw weights that scale to 0 get 0 and are left out by the caller.
 */
export function scaleWeights(raw: readonly bigint[], total: bigint = MAX_WEIGHT): bigint[] {
  if (raw.some((w) => w < 0n)) throw new RangeError('negative weight');
  const sum = raw.reduce((a, b) => a + b, 0n);
  if (sum === 0n) return raw.map(() => 0n);
  if (sum <= total) return [...raw];
  const floors = raw.map((w) => (w * total) / sum);
  let rest = total - floors.reduce((a, b) => a + b, 0n);
  const order = raw
    .map((w, i) => ({ i, remainder: (w * total) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1));
  for (const { i } of order) {
    if (rest === 0n) break;
    floors[i] = (floors[i] as bigint) + 1n;
    rest -= 1n;
  }
  return floors;
}
