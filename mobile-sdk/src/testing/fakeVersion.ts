import {
  capTable,
  type CapTableLeaf,
  type CapTableFileLeaf,
  type KeyFile,
  type Manifest,
  type ManifestItem,
  rootCid,
  type SealedKek,
} from '@allod/protocol';
import { toBeHex } from 'ethers';
import type { ContributionCommitInput } from '../graphql/generated.ts';
import { CHAIN_ID } from './fakeChain.ts';
import type { World } from './fixtures.ts';

/** A version that was made of everything the API holds, and can be bent before it is published. */
export interface FakeVersion {
  manifest: Manifest;
  keyFiles: Map<string, KeyFile>;
  contributor: CapTableLeaf[];
  other: CapTableLeaf[];
}

const fileLeaf = (leaf: CapTableLeaf): CapTableFileLeaf => ({
  ...leaf,
  weight: leaf.weight.toString(),
  validUntil: Number(leaf.validUntil),
});

/** Freezes all commits into version `number`. */
export function freeze({ api, contracts, datasetId }: World, number = 1): FakeVersion {
  const keyFiles = new Map<string, KeyFile>();
  const items: ManifestItem[] = [];
  const contributor: CapTableLeaf[] = [];
  for (const commit of api.commits) {
    const { contributorRef, validUntil, consentNonce } = commit.consent;
    const record = commit.sealedKek.record as SealedKek;
    items.push(...commit.contributions.map((item) => manifestItem(commit, item, record)));
    const file = keyFiles.get(contributorRef) ?? emptyFile(datasetId, contributorRef, number);
    keyFiles.set(contributorRef, file);
    file.sealed.push({ record, signature: commit.sealedKek.signature, signer: commit.sealedKek.signer });
    file.wraps.push(
      ...commit.contributions.map(({ contributionId, intake, wrappedDek }) => ({
        contributionId,
        intake,
        consentHash: record.consentHash,
        wrappedDek,
      })),
    );
    contributor.push({
      role: 0,
      account: contributorRef,
      weight: BigInt(commit.count) * 1000n,
      validUntil: BigInt(validUntil),
      consentNonce,
    });
  }
  const manifest: Manifest = {
    v: 1,
    type: 'allod/manifest',
    chainId: CHAIN_ID,
    datasetRegistry: contracts.DatasetRegistry,
    datasetId,
    version: number,
    parent: number - 1,
    items,
    keyFiles: [],
    capTable: { cid: '', contributorRoot: '', otherRoot: '' },
    scorerHash: 'none',
    labelSet: null,
  };
  const curator = {
    role: 2,
    account: '0x00000000000000000000000000000000000000cc',
    weight: 1n,
    validUntil: 0n,
    consentNonce: 0,
  };
  return { manifest, keyFiles, contributor, other: [curator] };
}

function manifestItem(
  commit: ContributionCommitInput,
  item: ContributionCommitInput['contributions'][number],
  { consentHash }: SealedKek,
): ManifestItem {
  return {
    contributionId: item.contributionId,
    contributorRef: commit.consent.contributorRef,
    cid: rootCid(item.contentDigest, item.size).toString(),
    size: item.size,
    floeHeader: item.floeHeader,
    schemaHash: item.schemaHash,
    intake: item.intake,
    consentHash,
    mediaType: 'text/plain',
    weight: '1000',
    checked: 'unchecked',
  };
}

const emptyFile = (datasetId: string, contributorRef: string, version: number): KeyFile => ({
  v: 1,
  type: 'allod/key-file',
  chainId: CHAIN_ID,
  datasetId,
  contributorRef,
  version,
  sealed: [],
  wraps: [],
});

/** Stores a version's documents. @returns what `versionPrepare` would answer */
export function store({ api, datasetId }: World, { manifest, ...version }: FakeVersion) {
  const tables = { contributor: capTable(version.contributor), other: capTable(version.other) };
  const capTableCid = api.storeJson({
    v: 1,
    type: 'allod/cap-table',
    datasetId,
    version: manifest.version,
    contributor: tables.contributor.leaves.map(fileLeaf),
    other: tables.other.leaves.map(fileLeaf),
  });
  const roots = {
    contributorRoot: toBeHex(tables.contributor.root, 32),
    otherRoot: toBeHex(tables.other.root, 32),
  };
  const keyFiles = [...version.keyFiles].map(([contributorRef, file]) => ({
    contributorRef,
    cid: api.storeJson(file),
  }));
  const manifestCid = api.storeJson({ ...manifest, keyFiles, capTable: { cid: capTableCid, ...roots } });
  const { version: number, parent, items } = manifest;
  return { number, manifestCid, capTableCid, ...roots, parent, included: items.length, excluded: [] };
}

/** Stores a version and puts it on the chain in memory as open. */
export function publish(world: World, version: FakeVersion): ReturnType<typeof store> {
  const draft = store(world, version);
  const { chain, datasetId } = world;
  const { number, manifestCid, parent } = draft;
  const roots = { contributorRoot: BigInt(draft.contributorRoot), otherRoot: BigInt(draft.otherRoot) };
  const blockNumber = 100 + number;
  chain.views['DatasetRegistry.latestVersion'] = () => number;
  chain.views['DatasetRegistry.isOpen'] = (_, wanted) => wanted === BigInt(number);
  chain.views['DatasetRegistry.getVersion'] = () => ({
    ...roots,
    opensAt: 1,
    publishedBlock: blockNumber,
    parent,
    objection: 0,
    objected: false,
  });
  const args = [datasetId, number, manifestCid, roots.contributorRoot, roots.otherRoot, parent, 1];
  chain.events.push({ contract: 'DatasetRegistry', name: 'VersionPublished', args, blockNumber });
  return draft;
}
