import { type ManifestItem, type SealedKek, walkKek } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { AllodError } from '../errors/base.ts';
import { ContentError } from '../errors/content.ts';
import type { Account } from '../identity/account.ts';
import { openKeys } from '../identity/openKeys.ts';
import { bestKek, dekOf, keyName, type KeyFiles, withdrawn } from './keyFiles.ts';

/** What the keepers answered for one contributor and consent. */
export interface KeyRelease {
  contributorRef: string;
  consentHash: string;
  /** `RELEASED`, or the code of the refusal. */
  code: string;
  detail: string;
}

/** Keys of a version as the keepers released them. */
export interface KeyRing {
  releases: KeyRelease[];
  /** DEK of an item: its contributor's KEK, walked down to the item's intake, opens the wrap. Throws AllodError with why it cannot. */
  dekOf(item: ManifestItem): Uint8Array;
}

/** Asks for one key per contributor and consent, the highest that was sealed up to `version`; older ones follow from it. */
export async function askKeepers(
  client: ClientContext,
  reader: Account,
  files: KeyFiles,
  items: readonly ManifestItem[],
  version: number,
): Promise<KeyRing> {
  const records = new Map<string, SealedKek>();
  const { AccessPolicy: accessPolicy } = client.chain.contracts;
  const terms = { version, accessPolicy, now: Math.floor(client.platform.clock.now() / 1000) };
  for (const item of items) {
    const current = files.get(item.contributorRef.toLowerCase());
    if (!current || current instanceof Error || records.has(keyName(item))) continue;
    const record = bestKek(current.file, item, terms);
    if (record) records.set(keyName(item), record);
  }
  const results = await openKeys(client, reader, [...records.values()]);
  const walked = new Map<string, Uint8Array>();
  const kekOf = (name: string, kek: Uint8Array, from: number, to: number): Uint8Array => {
    const known = walked.get(name) ?? walkKek(kek, from, to);
    walked.set(name, known);
    return known;
  };
  const keys = new Map([...records].map(([name, record], i) => [name, { record, result: results[i] }]));
  return {
    releases: [...keys.values()].map(({ record, result }) => ({
      contributorRef: record.contributorRef,
      consentHash: record.consentHash,
      code: result?.ok ? 'RELEASED' : (result?.code ?? 'UNAVAILABLE'),
      detail: result?.ok === false ? result.detail : '',
    })),
    dekOf(item) {
      const details = { contributionId: item.contributionId, contributorRef: item.contributorRef };
      const file = files.get(item.contributorRef.toLowerCase());
      if (!file)
        throw new ContentError('KEY_MISSING', 'the manifest names no key file for this contributor', { details });
      if (file instanceof Error)
        throw file instanceof AllodError
          ? file
          : new ContentError('KEY_MISSING', 'the key file cannot be read', { details, cause: file });
      const key = keys.get(keyName(item));
      if (!key && file.isReplaced) throw withdrawn(item);
      if (!key) throw new ContentError('KEY_MISSING', 'the key file has no key for this item', { details });
      if (!key.result?.ok)
        throw new ContentError(key.result?.code ?? 'UNAVAILABLE', key.result?.detail ?? 'the keepers did not answer', {
          details,
        });
      if (key.record.version < item.intake)
        throw new ContentError('KEY_MISSING', 'the key file has no key in force for this intake', { details });
      return dekOf(
        file,
        item,
        kekOf(`${keyName(item)}/${item.intake}`, key.result.key, key.record.version, item.intake),
      );
    },
  };
}
