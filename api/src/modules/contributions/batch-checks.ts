import {
  CID,
  Code,
  contentDigest,
  contributionId,
  contributionLeaf,
  contributionRoot,
  digestOf,
  FLOE_HEADER_SIZE,
  fileDag,
  jsonSha256,
  MAX_BATCH,
  parseCid,
} from '@allod/protocol';
import type { Contribution, FileDag, Hex } from '@allod/protocol';
import { refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { ContributionCommitInput, ContributionInput } from '../../common/graphql/schema.generated.ts';
import type { ChainPort } from '../../integrations/chain/chain.port.ts';
import { recovers } from '../../integrations/chain/signatures.ts';
import { isWrappedDek } from '../access/sealed-record.ts';
import type { IntakeEntity } from './intake.entity.ts';

const NO_METADATA = `0x${'00'.repeat(32)}`;
/** Bytes 0–9 of a FLOE header: AES-256-GCM, HKDF-SHA-384, segments of 1 MiB, IV of 32. */
const FLOE_PARAMETERS = '0x00000010000000000020';
const MAX_METADATA = 4096;

/** One item as it will be stored. */
export interface CheckedItem {
  input: ContributionInput;
  leaf: Hex;
  cid: string;
  /** Inner dag-pb nodes, which the api builds itself. */
  nodes: FileDag['blocks'];
}

export const structOf = (commit: ContributionCommitInput, item: ContributionInput): Contribution => ({
  contributionId: item.contributionId,
  contributorRef: commit.consent.contributorRef,
  datasetId: commit.datasetId,
  schemaHash: item.schemaHash,
  intake: item.intake,
  contentDigest: item.contentDigest,
  size: item.size,
  floeHeader: item.floeHeader,
  metadataHash: item.metadataHash,
});

/** Root, count and signature of the batch: everything that needs neither database nor store. Returns the leaves. */
export function checkBatch(commit: ContributionCommitInput, consentHash: string, chain: ChainPort): Hex[] {
  const { contributions, count, root, salt } = commit;
  refuseUnless(count >= 1 && count <= MAX_BATCH, Code.BAD_INPUT, `A batch holds 1 to ${MAX_BATCH} contributions`);
  refuseUnless(
    count === contributions.length,
    Code.ROOT_MISMATCH,
    `${contributions.length} contributions, not ${count}`,
  );
  contributions.forEach((item, index) => checkItem(commit, item, index));
  const leaves = contributions.map((item) => contributionLeaf(structOf(commit, item)));
  refuseUnless(
    contributionRoot(leaves) === root,
    Code.ROOT_MISMATCH,
    'The batch root does not follow from the contributions',
  );
  const digest = digestOf('ContributionBatch', { root, count, consentHash, salt }, chain.chainId, chain.addresses);
  const signed = recovers(commit.grant.signer, digest, commit.batchSignature);
  refuseUnless(signed, Code.WRONG_SIGNATURE, 'The batch is not signed by the granted device key', { of: 'batch' });
  return leaves;
}

function checkItem(commit: ContributionCommitInput, item: ContributionInput, index: number): void {
  const { datasetId, salt } = commit;
  const details = { index, contributionId: item.contributionId };
  const id = contributionId({ contributorRef: commit.consent.contributorRef, datasetId, salt, index });
  refuseUnless(
    item.contributionId === id,
    Code.ROOT_MISMATCH,
    'A contribution id does not follow from salt and index',
    details,
  );
  const header = item.floeHeader.length === 2 + 2 * FLOE_HEADER_SIZE && item.floeHeader.startsWith(FLOE_PARAMETERS);
  refuseUnless(header, Code.BAD_INPUT, 'A FLOE header has other parameters', details);
  refuseUnless(isWrappedDek(item.wrappedDek), Code.BAD_INPUT, 'A wrapped DEK has 60 bytes', details);
  refuseUnless(item.size > 0, Code.SIZE_MISMATCH, 'An encrypted body is not empty', details);
  const { metadata } = item;
  const expected = metadata == null ? NO_METADATA : jsonSha256(metadata);
  const small = metadata == null || JSON.stringify(metadata).length <= MAX_METADATA;
  refuseUnless(small && expected === item.metadataHash, Code.BAD_INPUT, 'Metadata and its hash differ', details);
}

/** Schema, intake and content of each item, against the dataset and the sizes of the blocks that its owner uploaded. */
export function checkContent(
  commit: ContributionCommitInput,
  leaves: Hex[],
  intake: IntakeEntity,
  owned: Map<string, number>,
): CheckedItem[] {
  return commit.contributions.map((input, index) => {
    const details = { index, contributionId: input.contributionId };
    refuseUnless(
      input.schemaHash === intake.schemaHash,
      Code.SCHEMA_MISMATCH,
      'The item names another schema',
      details,
    );
    const open = input.intake === intake.openIntake;
    refuseUnless(open, Code.INTAKE_CLOSED, `Intake ${intake.openIntake} is open`, {
      ...details,
      openIntake: intake.openIntake,
    });
    const dag = rebuild(input, owned, details);
    refuseUnless(
      contentDigest(dag.root) === input.contentDigest,
      Code.ROOT_MISMATCH,
      'The content root does not follow from the blocks',
      details,
    );
    return { input, leaf: leaves[index]!, cid: dag.root.toString(), nodes: dag.blocks };
  });
}

function rebuild(input: ContributionInput, owned: Map<string, number>, details: object): FileDag {
  const missing = input.leaves.filter((cid) => !owned.has(cid));
  refuseUnless(missing.length === 0, Code.BLOCK_MISSING, 'Upload these blocks first', {
    ...details,
    missing: missing.slice(0, 100),
  });
  const sizes = input.leaves.map((cid) => ({ cid: leafCid(cid), size: owned.get(cid)! }));
  const total = sizes.reduce((bytes, leaf) => bytes + leaf.size, 0);
  refuseUnless(total === input.size, Code.SIZE_MISMATCH, `The blocks have ${total} bytes, not ${input.size}`, {
    ...details,
  });
  try {
    return fileDag(sizes);
  } catch (error) {
    return refuse(Code.SIZE_MISMATCH, `The blocks are not cut as the format asks: ${(error as Error).message}`, {
      ...details,
    });
  }
}

function leafCid(text: string): CID {
  try {
    return parseCid(text);
  } catch {
    return refuse(Code.BAD_CID, `${text} is not a block of this format`);
  }
}
