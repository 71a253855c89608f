import { ALL_PURPOSES, type Consent, consentHash, signStruct } from '@allod/protocol';
import { readDataset, readNonces } from '../chain/reads.ts';
import { type ClientContext, refOf } from '../context.ts';
import type { SeedMissingError } from '../errors/account.ts';
import { AllodError } from '../errors/base.ts';
import type { ChainError } from '../errors/chain.ts';
import { saveConsent, type StoredConsent } from '../identity/consents.ts';
import { ensureOwnerKek } from '../identity/ownerKek.ts';
import { signGrant } from '../identity/deviceKey.ts';

/** Latest time that the API's 32-bit integers can carry. */
const LAST_SECOND = 2 ** 31 - 1;

export interface GrantConsentParameters {
  datasetId: string;
  /** Bits of `Purpose`, for example `purposesOf('TRAIN', 'LABEL')`. */
  purposes: number;
  /** Unix seconds, before 2038. Keys are refused to everyone but you from then on. */
  validUntil: number;
  /** Token base units per license per 30 days; your items stay out of a dataset whose floor price is lower. Default 0. */
  minPrice?: bigint;
  /** Hash of the license terms text that you agree to. */
  termsHash: string;
}

export type GrantConsentReturnType = StoredConsent;

export type GrantConsentErrorType = SeedMissingError | ChainError | AllodError;

/**
 * Signs a consent as the dataset's contributorRef, with a grant of at most 90 days for this device's key, and makes it current.
 * Nothing is sent: it travels with each batch. A wallet (`contributor`) signs once more, for the key that the keepers will give to it alone. Nonces, schema and entitlement sources are read from the chain.
 *
 * @throws `BAD_INPUT` for undefined purposes or a time in the past; `UNKNOWN_DATASET`; `CHAIN_FAILED`
 * @example
 * await client.grantConsent({ datasetId, purposes: purposesOf('TRAIN', 'LABEL'), validUntil: 1_830_000_000, termsHash });
 */
export async function grantConsent(
  client: ClientContext,
  parameters: GrantConsentParameters,
): Promise<GrantConsentReturnType> {
  const { datasetId, purposes, validUntil, termsHash, minPrice = 0n } = parameters;
  if (!Number.isInteger(purposes) || purposes < 1 || (purposes & ~ALL_PURPOSES) !== 0)
    throw new AllodError('BAD_INPUT', 'undefined purposes');
  if (!Number.isInteger(validUntil) || validUntil > LAST_SECOND || validUntil * 1000 <= client.platform.clock.now()) {
    throw new AllodError('BAD_INPUT', 'validUntil is not a time between now and 2038, in unix seconds');
  }
  const ref = refOf(client, datasetId);
  const [dataset, { consentNonce, grantNonce }] = await Promise.all([
    readDataset(client, datasetId),
    readNonces(client, ref.address, datasetId),
  ]);
  const consent: Consent = {
    contributorRef: ref.address,
    datasetId,
    purposes,
    validUntil,
    minPrice,
    termsHash,
    consentNonce,
    sources: dataset.sources,
  };
  const { chainId, contracts } = client.chain;
  const stored: StoredConsent = {
    consent,
    consentHash: consentHash(consent),
    signature: await signStruct(ref.signer, 'Consent', consent, chainId, contracts),
    ...(await signGrant(client, ref, datasetId, grantNonce)),
    schemaHash: dataset.schemaHash,
  };
  if (!ref.refSeed) await ensureOwnerKek(client, ref, stored);
  await saveConsent(client, stored);
  return stored;
}
