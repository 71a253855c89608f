import { describe, expect, it } from '@jest/globals';
import { MAX_WEIGHT, Role } from '@allod/protocol';
import { contributorTable, ITEM_WEIGHT, otherTable } from './weights.ts';

const ref = (n: number) => `0x${n.toString(16).padStart(40, '0')}`;

describe('weights', () => {
  it('sum per account and consent terms', () => {
    const item = { contributorRef: ref(1), validUntil: 10, consentNonce: 0 };
    const table = contributorTable([item, item, { ...item, consentNonce: 1 }, { ...item, contributorRef: ref(2) }]);
    expect(table.leaves).toHaveLength(3);
    expect(table.total).toBe(4n * ITEM_WEIGHT);
  });

  it('do not depend on the order of the items', () => {
    const items = Array.from({ length: 9 }, (_, i) => ({
      contributorRef: ref(i % 4),
      validUntil: 10 + (i % 2),
      consentNonce: 0,
    }));
    expect(contributorTable([...items].reverse()).root).toBe(contributorTable(items).root);
  });

  it('give the curator all of the rest without labelers, and half of it with them', () => {
    expect(otherTable(ref(9), []).leaves).toMatchObject([{ role: Role.CURATOR, account: ref(9) }]);
    const table = otherTable(ref(9), [
      { account: ref(1), weight: 30n },
      { account: ref(2), weight: 10n },
    ]);
    const curator = table.leaves.find((leaf) => leaf.role === Role.CURATOR)!;
    expect(curator.weight * 2n).toBe(table.total);
  });

  it('are scaled so that a tree holds at most 2^40 - 1', () => {
    const table = otherTable(ref(9), [
      { account: ref(1), weight: 10n ** 20n },
      { account: ref(2), weight: 10n ** 19n },
    ]);
    expect(table.total).toBe(MAX_WEIGHT);
  });
});
