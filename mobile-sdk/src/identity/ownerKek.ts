import {
  digestOf,
  isOwnerKek,
  MAX_VERSION,
  OWNER_ONLY,
  sealedKeyHash,
  type SealedKeyRecord,
  type SignedKeyRecord,
} from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { type ClientContext, execute, type RefAccount } from '../context.ts';
import { OwnerKeyMissingError } from '../errors/account.ts';
import { ContentError } from '../errors/content.ts';
import { OwnerKeysDocument } from '../graphql/generated.ts';
import { randomBytes } from '../random.ts';
import { saveJson } from '../store.ts';
import type { StoredConsent } from './consents.ts';
import { openKeys } from './openKeys.ts';
import { recordTerms, sealAndSign } from './sealedKeys.ts';
import { loadOwnerKek, ownerKekRecord, ownerKekSecret } from './ownerKekStore.ts';

/**
 * Has a key for a wallet's consent on this device, and its record signed by the wallet. The same terms that were agreed to on another
 * device have the key of that device: a second one under one consent would leave half of the items without theirs.
 */
export async function ensureOwnerKek(client: ClientContext, ref: RefAccount, stored: StoredConsent): Promise<void> {
  const { keyStore, resumeStore } = client.platform;
  const { consentHash, consent } = stored;
  const name = ownerKekSecret(client, consentHash);
  let key = await keyStore.get(name);
  if (!key) {
    try {
      await restoreOwnerKek(client, ref, consent.datasetId, consentHash);
      return;
    } catch (error) {
      if (!(error instanceof OwnerKeyMissingError)) throw error;
    }
    key = randomBytes(32);
    await resumeStore.delete(ownerKekRecord(consentHash));
    await keyStore.set(name, key);
  }
  if (await loadOwnerKek(client, consentHash)) return;
  const terms = { ...recordTerms(client, stored), ...OWNER_ONLY, kind: 'kek' as const, version: MAX_VERSION };
  await saveJson(resumeStore, ownerKekRecord(consentHash), await sealAndSign(client, terms, key, ref.signer));
}

/**
 * Takes a wallet's KEK_1023 back from the keepers, with the record that the API keeps.
 *
 * @throws {@link OwnerKeyMissingError}, and the keepers' code when they do not give it
 */
export async function restoreOwnerKek(
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  consentHash: string,
): Promise<Uint8Array> {
  const { ownerKeys } = await execute(client, OwnerKeysDocument, { datasetId }, ref);
  const { sealed } = ownerKeys as { sealed: SignedKeyRecord<SealedKeyRecord>[] };
  const signed = sealed.find((candidate) => isOwnerKekOf(client, ref, consentHash, candidate));
  if (!signed) throw new OwnerKeyMissingError(consentHash);
  const [result] = await openKeys(client, ref, [signed.record]);
  if (!result?.ok)
    throw new ContentError(result?.code ?? 'UNAVAILABLE', result?.detail ?? 'the keepers did not answer');
  await client.platform.keyStore.set(ownerKekSecret(client, consentHash), result.key);
  await saveJson(client.platform.resumeStore, ownerKekRecord(consentHash), signed);
  return result.key;
}

/** Only what the wallet itself signed counts: anybody can seal a key of their own to it. */
function isOwnerKekOf(
  client: ClientContext,
  ref: RefAccount,
  consentHash: string,
  { record, signature }: SignedKeyRecord<SealedKeyRecord>,
): boolean {
  const { chainId, contracts } = client.chain;
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  if (!isOwnerKek(record) || !same(record.consentHash, consentHash)) return false;
  const { contributorRef, datasetId } = record;
  const digest = digestOf(
    'SealedKey',
    { contributorRef, datasetId, recordHash: sealedKeyHash(record) },
    chainId,
    contracts,
  );
  try {
    return same(contributorRef, ref.address) && same(recoverAddress(digest, signature), ref.address);
  } catch {
    return false;
  }
}
