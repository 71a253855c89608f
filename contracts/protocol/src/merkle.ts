/** Folds a level of nodes into its parents until one is left; a missing right sibling is `zero`. Level 0 is the leaves, the last level the root. Throws RangeError on no leaves. */
export function foldLevels<T>(leaves: readonly T[], zero: T, node: (left: T, right: T) => T): T[][] {
  if (leaves.length === 0) throw new RangeError('a tree needs at least one leaf');
  const levels: T[][] = [[...leaves]];
  for (let level = levels[0] as T[]; level.length > 1;) {
    const parents: T[] = [];
    for (let i = 0; i < level.length; i += 2)
      parents.push(node(level[i] as T, i + 1 < level.length ? (level[i + 1] as T) : zero));
    levels.push(parents);
    level = parents;
  }
  return levels;
}

/** Siblings from the leaf up to below the root, `zero` where there is none. */
export function siblings<T>(levels: readonly (readonly T[])[], index: number, zero: T): T[] {
  const proof: T[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    proof.push(level[at ^ 1] ?? zero);
    at >>= 1;
  }
  return proof;
}

/** Climbs from a leaf to the root; bit k of `index` says on which side the node of level k stands. Throws RangeError on an index outside the tree. */
export function climb<T>(leaf: T, index: number, proof: readonly T[], node: (left: T, right: T) => T): T {
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`index ${index} is not a position`);
  let here = leaf;
  let at = index;
  for (const sibling of proof) {
    here = at % 2 === 0 ? node(here, sibling) : node(sibling, here);
    at = Math.floor(at / 2);
  }
  if (at !== 0) throw new RangeError(`index ${index} lies outside a tree of depth ${proof.length}`);
  return here;
}
