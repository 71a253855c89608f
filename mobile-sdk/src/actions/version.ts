import { MAX_WEIGHT } from '@allod/protocol';
import { contractAt } from '../chain/contracts.ts';
import { eventArgs, transact } from '../chain/transact.ts';
import { type ChainVersion, readVersion } from '../chain/versions.ts';
import { type ClientContext, execute, walletOf } from '../context.ts';
import { fetchCapTables, fetchManifest } from '../content/manifest.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { type RefusedError, type TimeoutError, type TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { AllodError, isAllodError } from '../errors/base.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import type { BlockUnavailableError, ContentError } from '../errors/content.ts';
import { IntakeCloseDocument, VersionPrepareDocument, type VersionPrepareMutation } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { poll, type PollOptions } from '../poll.ts';

export type VersionDraft = Omit<
  Extract<VersionPrepareMutation['versionPrepare'], { __typename: 'VersionDraft' }>,
  '__typename'
>;

export interface PublishVersionReturnType {
  version: number;
  /** Unix seconds: from then on it can be licensed, unless the guardian objects. */
  opensAt: number;
  txHash: string;
  gasUsed: bigint;
}

export type VersionErrorType =
  | SignerMissingError
  | RefusedError
  | TransportError
  | UntrustedAnswerError
  | BlockUnavailableError
  | ContentError
  | ContractRefusedError
  | ChainError
  | TimeoutError;

/**
 * Ends the collecting intake of the wallet's dataset; the next one opens.
 *
 * @throws RefusedError (`NOT_CURATOR`, `INTAKE_EMPTY`)
 * @example
 * const { closed } = await curator.closeIntake({ datasetId });
 */
export async function closeIntake(
  client: ClientContext,
  { datasetId }: { datasetId: string },
): Promise<{ closed: number; open: number }> {
  const { intakeClose } = await execute(client, IntakeCloseDocument, { datasetId }, await walletOf(client));
  const { closed, open } = accepted(intakeClose);
  return { closed, open };
}

/**
 * Has the API freeze the closed intake: manifest, key files, cap table. Names what is left out and why.
 *
 * @throws RefusedError (`NOT_CURATOR`, `LABELS_PENDING`, `INTAKE_EMPTY`)
 * @example
 * const draft = await curator.prepareVersion({ datasetId });
 * const { version } = await curator.publishVersion({ datasetId, draft });
 */
export async function prepareVersion(
  client: ClientContext,
  { datasetId }: { datasetId: string },
): Promise<VersionDraft> {
  const { versionPrepare } = await execute(client, VersionPrepareDocument, { datasetId }, await walletOf(client));
  const { __typename: _, ...draft } = accepted(versionPrepare);
  return draft;
}

/**
 * Checks a prepared version and publishes it on chain. Before anything is signed: the manifest hashes to its CID and is of this
 * dataset, version and chain; the cap table leads to both roots; who is in the table has an item, whose items
 * weigh something is in the table, and every item's keys are named.
 *
 * @throws `UNTRUSTED_ANSWER` or `WRONG_MANIFEST` when a check fails; the contract's error name
 * @example
 * const { version, opensAt } = await curator.publishVersion({ datasetId, draft });
 */
export async function publishVersion(
  client: ClientContext,
  p: { datasetId: string; draft: VersionDraft },
): Promise<PublishVersionReturnType> {
  const { datasetId, draft } = p;
  await checkDraft(client, datasetId, draft);
  const registry = contractAt(client.chain, 'DatasetRegistry', (await walletOf(client)).signer);
  const { manifestCid, parent } = draft;
  const params = {
    manifestCid,
    contributorRoot: BigInt(draft.contributorRoot),
    otherRoot: BigInt(draft.otherRoot),
    parent,
  };
  const transaction = await transact(registry, 'publishVersion', datasetId, params);
  const { version, opensAt } = eventArgs(registry, transaction, 'VersionPublished');
  return {
    version: Number(version),
    opensAt: Number(opensAt),
    txHash: transaction.txHash,
    gasUsed: transaction.gasUsed,
  };
}

async function checkDraft(client: ClientContext, datasetId: string, draft: VersionDraft): Promise<void> {
  const manifest = await fetchManifest(client, draft.manifestCid, { datasetId, version: draft.number });
  const roots = { contributorRoot: BigInt(draft.contributorRoot), otherRoot: BigInt(draft.otherRoot) };
  const tables = await fetchCapTables(client, draft.capTableCid, roots);
  const inTable = new Set(tables.contributor.leaves.map((leaf) => leaf.account.toLowerCase()));
  const raw = new Map<string, bigint>();
  for (const { contributorRef, weight } of manifest.items) {
    const ref = contributorRef.toLowerCase();
    raw.set(ref, (raw.get(ref) ?? 0n) + BigInt(weight));
  }
  const rawTotal = [...raw.values()].reduce((sum, weight) => sum + weight, 0n);
  const counts = (weight: bigint): boolean =>
    weight > 0n && (rawTotal <= MAX_WEIGHT || weight * MAX_WEIGHT >= rawTotal);
  const keyed = new Set(manifest.keyFiles.map((file) => file.contributorRef.toLowerCase()));
  const ok =
    manifest.parent === draft.parent &&
    manifest.capTable.cid === draft.capTableCid &&
    BigInt(manifest.capTable.contributorRoot) === roots.contributorRoot &&
    BigInt(manifest.capTable.otherRoot) === roots.otherRoot &&
    manifest.items.length === draft.included &&
    new Set(manifest.items.map((item) => item.contributionId)).size === manifest.items.length &&
    [...inTable].every((account) => raw.has(account)) &&
    [...raw].every(([ref, weight]) => !counts(weight) || inTable.has(ref)) &&
    manifest.items.every((item) => keyed.has(item.contributorRef.toLowerCase()));
  if (!ok) throw new UntrustedAnswerError('manifest, cap table and draft do not agree', { draft });
}

/**
 * Waits until a version is open: its review window is over and nobody objected.
 *
 * @throws `VERSION_OBJECTED`, `TIMEOUT`
 * @example
 * await client.waitForVersion({ datasetId, version, timeout: 120_000 });
 */
export async function waitForVersion(
  client: ClientContext,
  p: { datasetId: string; version: number } & PollOptions,
): Promise<ChainVersion> {
  const look = async (): Promise<ChainVersion | undefined> => {
    try {
      const version = await readVersion(client, p.datasetId, p.version);
      if (version.objected)
        throw new AllodError('VERSION_OBJECTED', 'the guardian objected: this version never opens', {
          details: { version },
        });
      return version.isOpen ? version : undefined;
    } catch (error) {
      if (isAllodError(error, 'UNKNOWN_VERSION')) return undefined;
      throw error;
    }
  };
  return poll(client.platform.clock, 'the version to open', look, p);
}
