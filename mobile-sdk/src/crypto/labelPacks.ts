import { type Hex, labelKey, packId, wrapDek, toHex } from '@allod/protocol';

/** Most items that share one label key. */
export const PACK_SIZE = 32;

export interface PackItem {
  contributionId: string;
  dek: Uint8Array;
}

/** One pack: its label key, and its items' DEKs wrapped under it. The key is a secret until it is sealed. */
export interface LabelPack {
  packId: Hex;
  packIndex: number;
  labelKey: Uint8Array;
  wraps: { contributionId: string; wrappedDek: Hex }[];
}

/** Number of packs that a batch of `count` items needs. */
export function packCount(count: number): number {
  return Math.ceil(count / PACK_SIZE);
}

/**
 * Splits items into packs of at most 32 and wraps their DEKs under the packs' label keys.
 *
 * @param kek KEK of the intake
 * @param firstIndex index of the first pack; never used twice under one consent and intake
 */
export function labelPacks(
  p: {
    kek: Uint8Array;
    datasetId: string;
    contributorRef: string;
    consentHash: string;
    intake: number;
    firstIndex: number;
  },
  items: readonly PackItem[],
): LabelPack[] {
  return Array.from({ length: packCount(items.length) }, (_, i) => {
    const packIndex = p.firstIndex + i;
    const id = packId({ ...p, packIndex });
    const key = labelKey(p.kek, id);
    const members = items.slice(i * PACK_SIZE, (i + 1) * PACK_SIZE);
    return {
      packId: id,
      packIndex,
      labelKey: key,
      wraps: members.map((item) => ({
        contributionId: item.contributionId,
        wrappedDek: toHex(wrapDek(key, item.dek, item.contributionId)),
      })),
    };
  });
}
