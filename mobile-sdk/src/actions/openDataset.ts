import type { Manifest, ManifestItem } from '@allod/protocol';
import type { AccountSigner } from '../identity/account.ts';
import { readDataset } from '../chain/reads.ts';
import { type ChainVersion, readVersion } from '../chain/versions.ts';
import { type ClientContext, walletOf } from '../context.ts';
import { fetchKeyFiles } from '../content/keyFiles.ts';
import { askKeepers, type KeyRelease } from '../content/keyRing.ts';
import { fetchManifest } from '../content/manifest.ts';
import { openItem } from '../content/openItem.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError } from '../errors/chain.ts';
import type { BlockUnavailableError } from '../errors/content.ts';
import { ContentError } from '../errors/content.ts';
import type { Account } from '../identity/account.ts';

export type { KeyRelease } from '../content/keyRing.ts';

/** Items that are fetched ahead while one is used. */
const AHEAD = 4;

export interface OpenDatasetParameters {
  datasetId: string;
  /** Default the newest open version. */
  version?: number;
  /** Account that the keepers are asked for: a licensee, a seat holder or a contributor. Default the wallet. */
  licensee?: AccountSigner;
  /** Only the items of this contributor. */
  contributorRef?: string;
}

/** An item that opened, or why it did not. `item.mediaType` says what the bytes are. */
export type OpenedItem =
  { ok: true; item: ManifestItem; bytes: Uint8Array } | { ok: false; item: ManifestItem; error: AllodError };

export interface OpenedDataset extends AsyncIterable<OpenedItem> {
  version: ChainVersion;
  manifest: Manifest;
  keys: KeyRelease[];
  /** The version's label set, null when it has none. */
  openLabelSet(): Promise<OpenedItem | null>;
}

export type OpenDatasetReturnType = OpenedDataset;
export type OpenDatasetErrorType = SignerMissingError | ChainError | ContentError | BlockUnavailableError | AllodError;

/**
 * Opens a licensed version without trusting the API: the manifest's CID comes from the chain, everything else follows by hash.
 * Asks the keepers once, for one key per contributor and consent; yields items in manifest order. What does not open is
 * yielded with its error, and the rest goes on: `NOT_AUTHORIZED`, `UNAVAILABLE`, `KEY_MISSING`, `BLOCK_UNAVAILABLE`,
 * `DOES_NOT_OPEN`, `SIZE_MISMATCH`, `SCHEMA_MISMATCH`, `WRAP_MISSING`, `ITEM_WITHDRAWN` (stop using it), …
 *
 * @throws `UNKNOWN_VERSION`, `WRONG_MANIFEST`, `BLOCK_UNAVAILABLE` (the manifest), `CHAIN_FAILED`, `REGISTRY_MISMATCH`
 * @example
 * const opened = await client.openDataset({ datasetId });
 * for await (const result of opened) {
 *   if (result.ok) await save(result.item.contributionId, result.bytes);
 *   else console.warn(result.item.contributionId, result.error.code);
 * }
 */
export async function openDataset(
  client: ClientContext,
  parameters: OpenDatasetParameters,
): Promise<OpenDatasetReturnType> {
  const { datasetId } = parameters;
  const reader = await readerOf(client, parameters.licensee);
  const [version, { schemaHash }] = await Promise.all([
    readVersion(client, datasetId, parameters.version),
    readDataset(client, datasetId),
  ]);
  const manifest = await fetchManifest(client, version.manifestCid, { datasetId, version: version.number });
  const chosen = manifest.items.filter(
    (item) =>
      !parameters.contributorRef || item.contributorRef.toLowerCase() === parameters.contributorRef.toLowerCase(),
  );
  const wanted = manifest.labelSet && !parameters.contributorRef ? [...chosen, manifest.labelSet] : chosen;
  const files = await fetchKeyFiles(client, manifest, wanted);
  const ring = await askKeepers(client, reader, files, wanted, version.number);

  const open = async (item: ManifestItem): Promise<OpenedItem> => {
    try {
      if (item !== manifest.labelSet && item.schemaHash.toLowerCase() !== schemaHash.toLowerCase()) {
        throw new ContentError('SCHEMA_MISMATCH', "the item is not of the dataset's schema", {
          details: { contributionId: item.contributionId },
        });
      }
      const bytes = await openItem(client, { ...item, datasetId: manifest.datasetId }, ring.dekOf(item));
      return { ok: true, item, bytes };
    } catch (error) {
      const failure =
        error instanceof AllodError
          ? error
          : new ContentError('DOES_NOT_OPEN', 'the item does not open', { cause: error });
      return { ok: false, item, error: failure };
    }
  };
  return {
    version,
    manifest,
    keys: ring.releases,
    openLabelSet: async () => (manifest.labelSet ? open(manifest.labelSet) : null),
    async *[Symbol.asyncIterator]() {
      const window: Promise<OpenedItem>[] = [];
      for (const item of chosen) {
        window.push(open(item));
        if (window.length > AHEAD) yield await (window.shift() as Promise<OpenedItem>);
      }
      for (const result of window) yield await result;
    },
  };
}

async function readerOf(client: ClientContext, licensee: AccountSigner | undefined): Promise<Account> {
  return licensee ? { address: await licensee.getAddress(), signer: licensee } : walletOf(client);
}
