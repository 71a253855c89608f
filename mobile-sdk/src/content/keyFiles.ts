import {
  fromHex,
  type KeyFile,
  type KeyFileWrap,
  type Manifest,
  type ManifestItem,
  MAX_VERSION,
  type SealedKek,
  unwrapDek,
} from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { ContentError } from '../errors/content.ts';
import { inParallel } from '../upload/putBlock.ts';
import { fetchDocument } from './gateway.ts';
import { currentCid, fetchReplacements } from './keyFileUpdates.ts';

/** Key files on their way at the same time. */
const PARALLEL_FETCHES = 16;

const lower = (text: string): string => text.toLowerCase();

/** A key file that is in force. */
export interface CurrentKeyFile {
  file: KeyFile;
  /** Items were withdrawn since the version was published: the manifest names an older file. */
  isReplaced: boolean;
}

/** Key files of a manifest by contributorRef; what could not be fetched or is not what it should be is kept as its error. */
export type KeyFiles = Map<string, CurrentKeyFile | Error>;

/**
 * Fetches all key files that the items need, in the state that the operator's signed updates left them in. A file that was replaced is
 * never asked for, even where a mirror still has it.
 */
export async function fetchKeyFiles(
  client: ClientContext,
  manifest: Manifest,
  items: readonly ManifestItem[],
): Promise<KeyFiles> {
  const needed = new Set(items.map((item) => lower(item.contributorRef)));
  const files: KeyFiles = new Map();
  const replacements = await fetchReplacements(client, manifest);
  const wanted = manifest.keyFiles.filter(({ contributorRef }) => needed.has(lower(contributorRef)));
  await inParallel(wanted, PARALLEL_FETCHES, async ({ contributorRef, cid }) => {
    try {
      const current = currentCid(replacements, cid);
      const file = checked(await fetchDocument<KeyFile>(client, current), manifest, contributorRef);
      files.set(lower(contributorRef), { file, isReplaced: current !== cid });
    } catch (error) {
      files.set(lower(contributorRef), error as Error);
    }
  });
  return files;
}

function checked(file: KeyFile, manifest: Manifest, contributorRef: string): KeyFile {
  const ok =
    file.v === 1 &&
    file.type === 'allod/key-file' &&
    file.chainId === manifest.chainId &&
    lower(file.datasetId) === lower(manifest.datasetId) &&
    lower(file.contributorRef) === lower(contributorRef) &&
    Array.isArray(file.sealed) &&
    Array.isArray(file.wraps);
  if (!ok)
    throw new ContentError('WRONG_KEY_FILE', 'the key file is of another contributor, dataset or chain', {
      details: { contributorRef },
    });
  return file;
}

/** Name of a key to ask for: one per contributor and consent. */
export const keyName = (item: { contributorRef: string; consentHash: string }): string =>
  `${lower(item.contributorRef)}/${lower(item.consentHash)}`;

/**
 * The sealed KEK of a consent that a licensee of `version` asks for: the newest whose terms have not ended, since older ones follow
 * from it; one that has ended where there is no other. Undefined when the file has none for this contributor, dataset, chain and
 * consent.
 *
 * @param now unix seconds
 */
export function bestKek(
  file: KeyFile,
  item: ManifestItem,
  { version, accessPolicy, now }: { version: number; accessPolicy: string; now: number },
): SealedKek | undefined {
  const rank = (record: SealedKek): number => record.version + (record.validUntil > now ? MAX_VERSION : 0);
  return file.sealed
    .map(({ record }) => record)
    .filter(
      (record) =>
        record.kind === 'kek' &&
        record.version <= version &&
        record.chainId === file.chainId &&
        lower(record.accessPolicy) === lower(accessPolicy) &&
        lower(record.datasetId) === lower(file.datasetId) &&
        lower(record.contributorRef) === lower(item.contributorRef) &&
        lower(record.consentHash) === lower(item.consentHash),
    )
    .reduce<SealedKek | undefined>((best, record) => (best && rank(best) >= rank(record) ? best : record), undefined);
}

const wraps = new WeakMap<KeyFile, Map<string, KeyFileWrap>>();

/** DEK of an item, unwrapped under the KEK of its intake. Throws {@link ContentError}. */
export function dekOf({ file, isReplaced }: CurrentKeyFile, item: ManifestItem, kek: Uint8Array): Uint8Array {
  let index = wraps.get(file);
  if (!index) wraps.set(file, (index = new Map(file.wraps.map((wrap) => [wrapName(wrap), wrap]))));
  const wrap = index.get(wrapName(item));
  const details = { contributionId: item.contributionId };
  if (!wrap && isReplaced) throw withdrawn(item);
  if (!wrap) throw new ContentError('WRAP_MISSING', 'the key file has no wrapped key for this item', { details });
  try {
    return unwrapDek(kek, fromHex(wrap.wrappedDek), item.contributionId);
  } catch (cause) {
    throw new ContentError('DOES_NOT_OPEN', 'the wrapped key does not open', { details, cause });
  }
}

const wrapName = (wrap: { contributionId: string; intake: number }): string =>
  `${lower(wrap.contributionId)}/${wrap.intake}`;

/** The contributor took the item back after the version was published. */
export const withdrawn = ({ contributionId }: ManifestItem): ContentError =>
  new ContentError('ITEM_WITHDRAWN', 'the contributor withdrew this item', { details: { contributionId } });
