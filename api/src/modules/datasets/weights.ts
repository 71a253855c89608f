import { capTable, Role, scaleWeights } from '@allod/protocol';
import type { CapTable, CapTableLeaf } from '@allod/protocol';

/** What the weight of an item depends on. */
export interface WeighedItem {
  contributorRef: string;
  validUntil: number;
  consentNonce: number;
}

/** Weight of one item before scaling. Version 1 of the rule: every included item counts the same. */
export const ITEM_WEIGHT = 1_000n;

/** Contributors' leaves: one for each account and consent terms, its weight the sum of its items. */
export function contributorTable(items: readonly WeighedItem[]): CapTable {
  const groups = new Map<string, Omit<CapTableLeaf, 'weight'> & { weight: bigint }>();
  for (const { contributorRef, validUntil, consentNonce } of items) {
    const key = `${contributorRef}/${validUntil}/${consentNonce}`;
    const group = groups.get(key) ?? {
      role: Role.CONTRIBUTOR,
      account: contributorRef,
      weight: 0n,
      validUntil: BigInt(validUntil),
      consentNonce,
    };
    groups.set(key, { ...group, weight: group.weight + ITEM_WEIGHT });
  }
  return scaledTable([...groups.values()]);
}

/** Everybody else: labelers by their work share one half, the curator has the other; without labelers all of it. */
export function otherTable(curator: string, labelers: readonly { account: string; weight: bigint }[]): CapTable {
  const work = labelers.filter((labeler) => labeler.weight > 0n);
  const total = work.reduce((sum, labeler) => sum + labeler.weight, 0n);
  const leaf = (role: number, account: string, weight: bigint) => ({
    role,
    account,
    weight,
    validUntil: 0n,
    consentNonce: 0,
  });
  return scaledTable([
    ...work.map((labeler) => leaf(Role.LABELER, labeler.account, labeler.weight)),
    leaf(Role.CURATOR, curator, total === 0n ? 1n : total),
  ]);
}

/** Scales by largest remainder in a fixed order, so that anyone computes the same table. */
function scaledTable(leaves: CapTableLeaf[]): CapTable {
  const ordered = [...leaves].sort((a, b) => order(a).localeCompare(order(b), 'en'));
  const weights = scaleWeights(ordered.map((leaf) => leaf.weight));
  return capTable(ordered.map((leaf, i) => ({ ...leaf, weight: weights[i]! })).filter((leaf) => leaf.weight > 0n));
}

const order = (leaf: CapTableLeaf): string =>
  `${leaf.role}/${leaf.account.toLowerCase()}/${leaf.validUntil}/${leaf.consentNonce}`;
