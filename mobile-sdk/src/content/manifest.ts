import {
  capTable,
  type CapTable,
  type CapTableFile,
  type CapTableFileLeaf,
  capTableProof,
  type Manifest,
  verifyCapTableProof,
} from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import { ContentError } from '../errors/content.ts';
import { fetchDocument } from './gateway.ts';

/** Roots of a version, as 32-byte words. */
export interface VersionRoots {
  contributorRoot: bigint;
  otherRoot: bigint;
}

/** Fetches a manifest by CID and checks that it is the one of this dataset, version and chain. Throws {@link ContentError}. */
export async function fetchManifest(
  client: ClientContext,
  cid: string,
  expected: { datasetId: string; version: number },
): Promise<Manifest> {
  const manifest = await fetchDocument<Manifest>(client, cid);
  const { chain } = client;
  const ok =
    manifest.v === 1 &&
    manifest.type === 'allod/manifest' &&
    manifest.chainId === chain.chainId &&
    manifest.datasetRegistry.toLowerCase() === chain.contracts.DatasetRegistry.toLowerCase() &&
    manifest.datasetId.toLowerCase() === expected.datasetId.toLowerCase() &&
    manifest.version === expected.version &&
    Array.isArray(manifest.items) &&
    Array.isArray(manifest.keyFiles);
  if (!ok)
    throw new ContentError('WRONG_MANIFEST', 'the manifest is of another dataset, version or chain', {
      details: { cid, expected },
    });
  return manifest;
}

/** Both trees of a cap-table file. */
export interface CapTables {
  contributor: CapTable;
  other: CapTable;
}

/** Fetches a cap-table file by CID and rebuilds both trees; they must lead to the roots. Throws {@link UntrustedAnswerError}. */
export async function fetchCapTables(client: ClientContext, cid: string, roots: VersionRoots): Promise<CapTables> {
  const file = await fetchDocument<CapTableFile>(client, cid);
  const tables = { contributor: capTable(file.contributor.map(leafOf)), other: capTable(file.other.map(leafOf)) };
  if (tables.contributor.root !== roots.contributorRoot || tables.other.root !== roots.otherRoot) {
    throw new UntrustedAnswerError('the cap table does not lead to the roots', { cid });
  }
  return tables;
}

function leafOf(leaf: CapTableFileLeaf): CapTable['leaves'][number] {
  return {
    role: leaf.role,
    account: leaf.account,
    weight: BigInt(leaf.weight),
    validUntil: BigInt(leaf.validUntil),
    consentNonce: leaf.consentNonce,
  };
}

/** Leaves of an account in both trees, each with a proof that was checked. */
export function leavesOfAccount(
  tables: CapTables,
  account: string,
): { leaf: CapTable['leaves'][number]; index: number; proof: bigint[] }[] {
  return [tables.contributor, tables.other].flatMap((table) =>
    table.leaves.flatMap((leaf, index) => {
      if (leaf.account.toLowerCase() !== account.toLowerCase()) return [];
      const proof = capTableProof(table, index);
      return verifyCapTableProof(table.root, leaf, index, proof) ? [{ leaf, index, proof }] : [];
    }),
  );
}
