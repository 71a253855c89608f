import {
  fromHex,
  MAX_VERSION,
  type SealedKek,
  type SealedKeyRecord,
  type SignedKeyRecord,
  unwrapDek,
  walkKek,
} from '@allod/protocol';
import { type ClientContext, execute, refOf, type RefAccount } from '../context.ts';
import { openItem } from '../content/openItem.ts';
import type { SeedMissingError } from '../errors/account.ts';
import type { ApiError, TransportError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import { ContentError } from '../errors/content.ts';
import { OwnerKeysDocument, OwnItemsDocument, type OwnItemsQuery } from '../graphql/generated.ts';
import { topKekOf } from '../identity/topKek.ts';
import { openKeys } from '../identity/openKeys.ts';

const PAGE = 200;

export interface RecoverContributionsParameters {
  datasetId: string;
  /**
   * Where the keys come from: `seed` (default where there is one) derives them, without anybody's help; `keepers` opens the sealed ones,
   * which keepers always give to the contributor: the way of a wallet.
   */
  keys?: 'seed' | 'keepers';
}

/** One of the contributor's items as it is kept by the API. */
export type RecoverableItem = OwnItemsQuery['myContributions']['edges'][number]['node'];

export type RecoveredItem =
  | { ok: true; item: RecoverableItem; bytes: Uint8Array; mediaType: string | undefined }
  | { ok: false; item: RecoverableItem; error: AllodError };

export type RecoverContributionsReturnType = AsyncGenerator<RecoveredItem, void>;
export type RecoverContributionsErrorType = SeedMissingError | ApiError | TransportError;

interface OwnerKeys {
  sealed: SignedKeyRecord<SealedKeyRecord>[];
  wraps: { contributionId: string; kind: 'kek' | 'label'; intake: number; consentHash: string; wrappedDek: string }[];
}

/**
 * Takes back everything that this seed or wallet gave to a dataset, on a device that never saw it: published or not, on any device. What the
 * API answers is proved by opening: a wrong record, key or block does not open. Withdrawn items have no keys any more
 * (`ITEM_WITHDRAWN`).
 *
 * @throws `SEED_MISSING`, `TRANSPORT_FAILED`
 * @example
 * for await (const result of client.recoverContributions({ datasetId })) if (result.ok) await save(result.item.id, result.bytes);
 */
export async function* recoverContributions(
  client: ClientContext,
  { datasetId, keys = client.seed ? 'seed' : 'keepers' }: RecoverContributionsParameters,
): RecoverContributionsReturnType {
  const ref = refOf(client, datasetId);
  const owned = (await execute(client, OwnerKeysDocument, { datasetId }, ref)).ownerKeys as OwnerKeys;
  const wraps = new Map(
    owned.wraps.filter(({ kind }) => kind === 'kek').map((wrap) => [wrap.contributionId.toLowerCase(), wrap]),
  );
  const kekOf = keys === 'seed' ? derived(client, ref, datasetId) : await released(client, ref, owned);
  for await (const item of ownItems(client, ref, datasetId)) {
    const wrap = wraps.get(item.id.toLowerCase());
    const details = { contributionId: item.id };
    try {
      if (!wrap && item.state === 'WITHDRAWN')
        throw new ContentError('ITEM_WITHDRAWN', 'the keys of this item were destroyed', { details });
      if (!wrap) throw new ContentError('WRAP_MISSING', 'the API has no wrapped key for this item', { details });
      const dek = unwrapDek(await kekOf(wrap.consentHash, wrap.intake), fromHex(wrap.wrappedDek), item.id);
      const bytes = await openItem(client, { ...item, contributionId: item.id }, dek);
      const { mediaType } = (item.metadata ?? {}) as { mediaType?: string };
      yield { ok: true, item, bytes, mediaType };
    } catch (error) {
      const failure =
        error instanceof AllodError
          ? error
          : new ContentError('DOES_NOT_OPEN', 'the item does not open', { details, cause: error });
      yield { ok: false, item, error: failure };
    }
  }
}

type KekOf = (consentHash: string, intake: number) => Promise<Uint8Array>;

function derived(client: ClientContext, ref: RefAccount, datasetId: string): KekOf {
  return async (consentHash, intake) =>
    walkKek(await topKekOf(client, ref, datasetId, consentHash), MAX_VERSION, intake);
}

/** The highest sealed KEK of each consent from the keepers, asked for as the contributor; older ones follow from it. */
async function released(client: ClientContext, ref: RefAccount, { sealed }: OwnerKeys): Promise<KekOf> {
  const highest = new Map<string, SealedKek>();
  for (const { record } of sealed) {
    if (record.kind !== 'kek') continue;
    const name = record.consentHash.toLowerCase();
    if ((highest.get(name)?.version ?? 0) < record.version) highest.set(name, record);
  }
  const results = await openKeys(client, ref, [...highest.values()]);
  const keys = new Map([...highest].map(([name, { version }], i) => [name, { version, result: results[i] }]));
  return async (consentHash, intake) => {
    const key = keys.get(consentHash.toLowerCase());
    if (!key) throw new ContentError('KEY_MISSING', 'the API has no sealed key for this consent');
    if (!key.result?.ok)
      throw new ContentError(key.result?.code ?? 'UNAVAILABLE', key.result?.detail ?? 'the keepers did not answer');
    return walkKek(key.result.key, key.version, intake);
  };
}

async function* ownItems(client: ClientContext, ref: RefAccount, datasetId: string): AsyncGenerator<RecoverableItem> {
  let after: string | null = null;
  do {
    const page: OwnItemsQuery = await execute(client, OwnItemsDocument, { datasetId, first: PAGE, after }, ref);
    for (const { node } of page.myContributions.edges) yield node;
    const { hasNextPage, endCursor } = page.myContributions.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
}
