import type { CapTable, CapTableFile, CapTableFileLeaf, CapTableLeaf, Manifest, ManifestItem } from '@allod/protocol';
import { toBeHex } from 'ethers';
import type { ContributionEntity } from '../contributions/contribution.entity.ts';
import { ITEM_WEIGHT } from './weights.ts';

export const wordHex = (word: bigint): string => toBeHex(word, 32);

export const manifestItem = (item: ContributionEntity, mediaType: string, validated: boolean): ManifestItem => ({
  contributionId: item.id,
  contributorRef: item.contributorRef,
  cid: item.cid,
  size: item.size,
  floeHeader: item.floeHeader,
  schemaHash: item.schemaHash,
  intake: item.intake,
  consentHash: item.consentHash,
  mediaType,
  weight: ITEM_WEIGHT.toString(),
  checked: validated ? 'validated' : 'unchecked',
});

const fileLeaf = (leaf: CapTableLeaf): CapTableFileLeaf => ({
  role: leaf.role,
  account: leaf.account,
  weight: leaf.weight.toString(),
  validUntil: Number(leaf.validUntil),
  consentNonce: leaf.consentNonce,
});

export const capTableFile = (
  datasetId: string,
  version: number,
  contributor: CapTable,
  other: CapTable,
): CapTableFile => ({
  v: 1,
  type: 'allod/cap-table',
  datasetId,
  version,
  contributor: contributor.leaves.map(fileLeaf),
  other: other.leaves.map(fileLeaf),
});

const by =
  <T>(key: (value: T) => string) =>
  (a: T, b: T): number =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;

/** Items by id, key files by contributor: one state of the dataset has one manifest. */
export const buildManifest = (facts: Omit<Manifest, 'v' | 'type'>): Manifest => ({
  v: 1,
  type: 'allod/manifest',
  ...facts,
  items: [...facts.items].sort(by((item) => item.contributionId)),
  keyFiles: [...facts.keyFiles].sort(by((file) => file.contributorRef.toLowerCase())),
});
