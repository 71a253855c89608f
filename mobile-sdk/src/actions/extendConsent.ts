import {
  isOwnerKek,
  labelKey,
  MAX_VERSION,
  type SealedKeyRecord,
  type SignedKeyRecord,
  walkKek,
} from '@allod/protocol';
import { type ClientContext, execute, refOf, type RefAccount } from '../context.ts';
import type { ConsentMissingError, SeedMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError } from '../errors/chain.ts';
import { ConsentExtendDocument, OwnerKeysDocument, type SignedRecordInput } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import {
  consentInput,
  grantInput,
  loadConsent,
  saveConsent,
  saveExtension,
  type StoredConsent,
} from '../identity/consents.ts';
import { deviceKey } from '../identity/deviceKey.ts';
import { topKekOf } from '../identity/topKek.ts';
import { recordTerms, sealAndSign } from '../identity/sealedKeys.ts';
import { grantConsent } from './grantConsent.ts';

export interface ExtendConsentParameters {
  datasetId: string;
  /** Unix seconds, not before the end of what was consented to so far. */
  validUntil: number;
  /** Further purposes; those of the current consent stay. */
  purposes?: number;
  /** Default as in the current consent. */
  minPrice?: bigint;
  /** Default as in the current consent. */
  termsHash?: string;
}

export interface ExtendConsentReturnType {
  /** The new consent, under which new contributions are given from now on. */
  consent: StoredConsent;
  /** Consents whose items are held under the new terms. */
  extended: string[];
}

export type ExtendConsentErrorType =
  ConsentMissingError | SeedMissingError | ChainError | RefusedError | TransportError | AllodError;

/**
 * Consents for longer, or to more purposes, also for what was given before: every key of it is sealed anew under the new terms, from
 * the seed. It counts from the next version on; published versions keep their terms. Narrower terms are a new `grantConsent`, and a
 * withdrawal where the old ones shall end. What still waits in the queue goes under the older consent: extend once more after `resume()`.
 *
 * @throws `BAD_INPUT` for an earlier end; RefusedError (`CONSENT_PURPOSES`, `CONSENT_WITHDRAWN`); `CONSENT_MISSING`. Nothing changes then.
 * @example
 * await client.extendConsent({ datasetId, validUntil: 1_900_000_000 });
 */
export async function extendConsent(
  client: ClientContext,
  { datasetId, validUntil, ...changes }: ExtendConsentParameters,
): Promise<ExtendConsentReturnType> {
  const ref = refOf(client, datasetId);
  const current = await loadConsent(client, datasetId);
  const { purposes, minPrice, termsHash } = current.consent;
  if (validUntil < Number(current.consent.validUntil))
    throw new AllodError('BAD_INPUT', 'a consent is not made shorter: withdraw it, or let it end');
  const consent = await grantConsent(client, {
    datasetId,
    validUntil,
    purposes: purposes | (changes.purposes ?? 0),
    minPrice: changes.minPrice ?? BigInt(minPrice),
    termsHash: changes.termsHash ?? termsHash,
  });
  try {
    const sealed = await sealAnew(client, ref, consent);
    if (sealed.length === 0) return { consent, extended: [] };
    const input = { datasetId, consent: consentInput(consent), grant: grantInput(consent), sealed };
    const { extended } = accepted((await execute(client, ConsentExtendDocument, { input }, ref)).consentExtend);
    await saveExtension(client, consent, extended);
    return { consent, extended };
  } catch (error) {
    await saveConsent(client, current);
    throw error;
  }
}

/** Every sealed key of the consents that may only grow into this one, sealed under its terms. */
async function sealAnew(client: ClientContext, ref: RefAccount, stored: StoredConsent): Promise<SignedRecordInput[]> {
  const { consent } = stored;
  const { datasetId } = consent;
  const { ownerKeys } = await execute(client, OwnerKeysDocument, { datasetId }, ref);
  const { sealed } = ownerKeys as { sealed: SignedKeyRecord<SealedKeyRecord>[] };
  const signer = await deviceKey(client, datasetId);
  const records: SignedRecordInput[] = [];
  for (const { record } of sealed) {
    if (isOwnerKek(record)) continue;
    const grows =
      record.consentNonce === consent.consentNonce &&
      (record.purposes & ~consent.purposes) === 0 &&
      record.validUntil <= Number(consent.validUntil) &&
      record.consentHash.toLowerCase() !== stored.consentHash.toLowerCase();
    if (!grows) continue;
    const { consentHash } = record;
    const terms = { ...recordTerms(client, stored), consentHash };
    const top = await topKekOf(client, ref, datasetId, consentHash);
    if (record.kind === 'kek') {
      const { version } = record;
      records.push(
        await sealAndSign(client, { ...terms, kind: 'kek', version }, walkKek(top, MAX_VERSION, version), signer),
      );
    } else {
      const { intake, packIndex, packId } = record;
      const key = labelKey(walkKek(top, MAX_VERSION, intake), packId);
      records.push(await sealAndSign(client, { ...terms, kind: 'label', intake, packIndex, packId }, key, signer));
    }
  }
  return records;
}
