import {
  type Contribution,
  contributionLeaf,
  contributionProof,
  contributionRoot,
  leavesByIndex,
  verifyContributionProof,
} from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import type { ConsentInput, ContributionCommitInput, DeviceGrantInput } from '../graphql/generated.ts';
import { loadJson, saveJson } from '../store.ts';
import type { QueuedBatch } from './batch.ts';

/** What a batch leaves on the device when it is committed: enough to prove each of its items without the API. */
interface ProofFile {
  v: 1;
  contributorRef: string;
  datasetId: string;
  consent: ConsentInput;
  grant: DeviceGrantInput;
  root: string;
  salt: string;
  batchSignature: string;
  /** By index; null where a rewrap holds nothing. */
  items: (ProofItem | null)[];
}

type ProofItem = Contribution & { wrappedDek: string; metadata?: unknown };

/** One contribution as its contributor can prove it: to anyone, and without the API. */
export interface ContributionReceipt {
  contribution: Contribution;
  /** Public metadata whose hash is in the record. */
  metadata: unknown;
  /** DEK wrapped under the KEK of the intake, which the seed derives: with the seed and the ciphertext the item opens. Null once erased. */
  wrappedDek: string | null;
  index: number;
  /** Inclusion proof: leaf `index` of the tree under `batch.root`, which `ContributionRegistry` anchors. */
  proof: readonly string[];
  batch: { root: string; count: number; salt: string; signature: string };
  /** As the contributorRef and the device signed them. */
  consent: ConsentInput;
  grant: DeviceGrantInput;
}

const folder = (datasetId: string): string => `proofs/${datasetId.toLowerCase()}/`;

/** Keeps the records, wrapped keys and signatures of a committed batch. */
export async function keepProofs(
  client: ClientContext,
  batch: QueuedBatch,
  input: ContributionCommitInput,
): Promise<void> {
  const { contributorRef, datasetId } = batch;
  const file: ProofFile = {
    v: 1,
    contributorRef,
    datasetId,
    consent: input.consent,
    grant: input.grant,
    root: input.root,
    salt: input.salt,
    batchSignature: input.batchSignature,
    items: input.contributions.map(({ leaves: _, ...item }) => ({ ...item, contributorRef, datasetId })),
  };
  await saveJson(client.platform.resumeStore, `${folder(datasetId)}${batch.id}`, file);
}

/** Keeps the same of items that got a new leaf; from here on this is their receipt. */
export async function keepRewrapProofs(
  client: ClientContext,
  { items, ...facts }: Omit<ProofFile, 'v' | 'items'> & { items: { index: number; item: ProofItem }[] },
): Promise<void> {
  const byIndex = new Map(items.map(({ index, item }) => [index, item]));
  const places = Array.from({ length: Math.max(...byIndex.keys()) + 1 }, (_, index) => byIndex.get(index) ?? null);
  const file: ProofFile = { v: 1, ...facts, items: places };
  await saveJson(client.platform.resumeStore, `${folder(facts.datasetId)}${facts.root}`, file);
}

/** Where the record with the latest intake is: a re-wrapped item has several. */
async function find(
  client: ClientContext,
  datasetId: string,
  contributionId: string,
): Promise<{ file: ProofFile; index: number; item: ProofItem } | undefined> {
  let latest: { file: ProofFile; index: number; item: ProofItem } | undefined;
  const { resumeStore } = client.platform;
  for (const name of await resumeStore.list(folder(datasetId))) {
    const file = await loadJson<ProofFile>(resumeStore, name);
    const index = file?.items.findIndex((item) => item?.contributionId === contributionId.toLowerCase()) ?? -1;
    const item = file?.items[index];
    if (file && item && item.intake > (latest?.item.intake ?? 0)) latest = { file, index, item };
  }
  return latest;
}

/** The receipt of one contribution, with its proof computed and checked; undefined when this device did not commit it. */
export async function loadContributionReceipt(
  client: ClientContext,
  datasetId: string,
  contributionId: string,
): Promise<ContributionReceipt | undefined> {
  const found = await find(client, datasetId, contributionId);
  if (!found) return undefined;
  const { file, index } = found;
  const leaves = leavesByIndex(
    new Map(file.items.flatMap((item, i) => (item ? [[i, contributionLeaf(recordOf(item))] as const] : []))),
    file.items.length,
  );
  const proof = contributionProof(leaves, index);
  const leaf = leaves[index] as (typeof leaves)[number];
  if (contributionRoot(leaves) !== file.root || !verifyContributionProof(file.root, leaf, index, proof))
    throw new UntrustedAnswerError('the stored receipt does not prove its batch', { contributionId });
  const { wrappedDek, metadata } = found.item;
  return {
    contribution: recordOf(found.item),
    metadata,
    wrappedDek: wrappedDek === '' ? null : wrappedDek,
    index,
    proof,
    batch: { root: file.root, count: leaves.length, salt: file.salt, signature: file.batchSignature },
    consent: file.consent,
    grant: file.grant,
  };
}

const recordOf = ({ wrappedDek: _, metadata: __, ...record }: ProofItem): Contribution => record;

/**
 * Drops the wrapped keys and the metadata of one item from this device, those of leaves that it had before too; its records stay, as
 * what was anchored stays.
 */
export async function forgetContribution(
  client: ClientContext,
  datasetId: string,
  contributionId: string,
): Promise<void> {
  const { resumeStore } = client.platform;
  for (const name of await resumeStore.list(folder(datasetId))) {
    const file = await loadJson<ProofFile>(resumeStore, name);
    const holds = file?.items.some((item) => item?.contributionId === contributionId.toLowerCase());
    if (!file || !holds) continue;
    const items = file.items.map((item) =>
      item?.contributionId === contributionId.toLowerCase() ? { ...item, wrappedDek: '', metadata: null } : item,
    );
    await saveJson(resumeStore, name, { ...file, items });
  }
}
