import { keccak256 } from 'ethers';
import { concatBytes, fromHex, type Hex } from './bytes.ts';
import { climb, foldLevels, siblings } from './merkle.ts';
import { type Contribution, hashStruct } from './typed-data.ts';

/** Most contributions in one batch. */
export const MAX_BATCH = 1000;

const ZERO = `0x${'00'.repeat(32)}` as Hex;
const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

function node(left: Hex, right: Hex): Hex {
  return keccak256(concatBytes(NODE, fromHex(left), fromHex(right))) as Hex;
}

/**
 * Leaves of a batch that holds only some positions, as a rewrap does: each at the index that its contributionId is made of, 32 zero
 * bytes where there is none. The batch's count is the highest index + 1.
 */
export function leavesByIndex(leaves: ReadonlyMap<number, Hex>, count: number): Hex[] {
  return Array.from({ length: count }, (_, index) => leaves.get(index) ?? ZERO);
}

/** Leaf of a contribution: keccak256(0x00 ‖ hashStruct(Contribution)). */
export function contributionLeaf(contribution: Contribution): Hex {
  return keccak256(concatBytes(LEAF, fromHex(hashStruct('Contribution', contribution)))) as Hex;
}

/** Root of a batch; leaf i is contribution i. Throws RangeError on 0 or more than 1,000 leaves. */
export function contributionRoot(leaves: readonly Hex[]): Hex {
  if (leaves.length > MAX_BATCH) throw new RangeError(`a batch holds at most ${MAX_BATCH} contributions`);
  return (foldLevels(leaves, ZERO, node).at(-1) as Hex[])[0] as Hex;
}

/** Inclusion proof of leaf `index`, siblings from the bottom up. */
export function contributionProof(leaves: readonly Hex[], index: number): Hex[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`);
  return siblings(foldLevels(leaves, ZERO, node), index, ZERO);
}

/** Inclusion proofs of all leaves, in their order; the tree is built once. */
export function contributionProofs(leaves: readonly Hex[]): Hex[][] {
  const levels = foldLevels(leaves, ZERO, node);
  return leaves.map((_, index) => siblings(levels, index, ZERO));
}

/** True when the proof leads from the leaf to the root. */
export function verifyContributionProof(root: string, leaf: Hex, index: number, proof: readonly Hex[]): boolean {
  try {
    return climb(leaf, index, proof, node) === root.toLowerCase();
  } catch {
    return false;
  }
}
