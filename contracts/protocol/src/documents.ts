import type { SealedKek, SignedKeyRecord } from './sealed-key.ts';

/** All documents are stored as RFC 8785 bytes and addressed by CID in the content profile. Integers above 2^53 − 1 and money are decimal strings. */

/** Metadata of a dataset, named on chain by `metadataCid`. `schemaHash` on chain = keccak256 of the canonical `schema`. */
export interface DatasetMetadata {
  v: 1;
  type: 'allod/dataset';
  name: string;
  description: string;
  mediaType: string;
  schema: Record<string, unknown>;
  /** Who gave the sample data and under which licence, where that matters. */
  source?: string;
}

/** One contribution inside a manifest: all that a licensee needs to fetch, verify and open it. */
export interface ManifestItem {
  contributionId: string;
  contributorRef: string;
  cid: string;
  size: number;
  floeHeader: string;
  schemaHash: string;
  intake: number;
  consentHash: string;
  mediaType: string;
  /** Weight before scaling, decimal string. */
  weight: string;
  checked: 'validated' | 'unchecked';
}

/** The content-addressed list of a dataset version. */
export interface Manifest {
  v: 1;
  type: 'allod/manifest';
  chainId: number;
  datasetRegistry: string;
  datasetId: string;
  version: number;
  parent: number;
  /** Sorted by contributionId. */
  items: ManifestItem[];
  /** Sorted by contributorRef. */
  keyFiles: { contributorRef: string; cid: string }[];
  capTable: { cid: string; contributorRoot: string; otherRoot: string };
  /** Content hash of the published scorer and weight function, `none` for a dataset without labels. */
  scorerHash: string;
  /** The label set of the version, or null. Its values are encrypted like any contribution. */
  labelSet: (ManifestItem & { jobId: string; count: number }) | null;
}

/** A DEK wrapped under the KEK of its intake. */
export interface KeyFileWrap {
  contributionId: string;
  intake: number;
  consentHash: string;
  /** 60 bytes, hex. */
  wrappedDek: string;
}

/** All keys of one contributor up to a version; readable by nobody without the keepers. */
export interface KeyFile {
  v: 1;
  type: 'allod/key-file';
  chainId: number;
  datasetId: string;
  contributorRef: string;
  version: number;
  sealed: SignedKeyRecord<SealedKek>[];
  wraps: KeyFileWrap[];
}

/** Cap table file: both trees, leaves in tree order. Weights are decimal strings. */
export interface CapTableFile {
  v: 1;
  type: 'allod/cap-table';
  datasetId: string;
  version: number;
  contributor: CapTableFileLeaf[];
  other: CapTableFileLeaf[];
}
export interface CapTableFileLeaf {
  role: number;
  account: string;
  weight: string;
  validUntil: number;
  consentNonce: number;
}

/** Skeleton of the rights bundle that a licensee keeps: Croissant 1.1 + ODRL 2.2 + PROV-O in one JSON-LD document. */
export interface RightsBundle {
  '@context': [string, string, Record<string, string>];
  '@type': 'sc:Dataset';
  'dct:conformsTo': string;
  name: string;
  license: {
    '@type': 'odrl:Agreement';
    'odrl:uid': string;
    'odrl:assignee': string;
    'odrl:target': string;
    'odrl:permission': { 'odrl:action': string }[];
    'odrl:duty': { 'odrl:action': string }[];
  };
  'prov:wasDerivedFrom': {
    '@id': string;
    contributionId: string;
    consentHash: string;
    batchRoot: string;
    index: number;
    proof: string[];
  }[];
  distribution: { '@type': 'cr:FileObject'; '@id': string; contentUrl: string; sha256: string }[];
}

/** A `KeyFileUpdate` with the operator's signature. */
export interface SignedKeyFileUpdate {
  contributorRef: string;
  datasetId: string;
  version: number;
  oldCid: string;
  newCid: string;
  /** One of `ItemReason`. */
  reason: number;
  signature: string;
  signer: string;
}

/**
 * Served beside a version's files, by the API and by mirrors, at `/allod/v1/key-file-updates/{datasetId}/{version}`: every update of
 * its key files, oldest first. It grows, so it has no CID; each entry is signed.
 */
export interface KeyFileUpdates {
  v: 1;
  type: 'allod/key-file-updates';
  updates: SignedKeyFileUpdate[];
}
