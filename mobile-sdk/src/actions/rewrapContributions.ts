import { readNonces } from '../chain/reads.ts';
import type { ClientContext } from '../context.ts';
import { ConsentMissingError, type SeedMissingError } from '../errors/account.ts';
import type { ApiError, RefusedError, TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { signGrant } from '../identity/deviceKey.ts';
import { type ConsentOf, type RewrappedBatch, storedConsentOf } from '../upload/moveLate.ts';
import { rewrapLate } from '../upload/rewrapLate.ts';

export interface RewrapContributionsParameters {
  datasetId: string;
}

export type RewrapContributionsReturnType = RewrappedBatch[];
export type RewrapContributionsErrorType =
  SeedMissingError | ApiError | RefusedError | TransportError | UntrustedAnswerError;

/**
 * Moves items that were validated too late for the version of their intake into the open intake, so that they can be in the next
 * version: same ciphertext, keys wrapped anew. `resume()` and `startUploads()` do it for every dataset that this device has a consent
 * for; a device that only has the seed calls it by name.
 *
 * @throws `UNTRUSTED_ANSWER` when the API asks for what this contributor never gave; `SEED_MISSING`; `TRANSPORT_FAILED`
 * @example
 * const moved = await client.rewrapContributions({ datasetId });
 */
export function rewrapContributions(
  client: ClientContext,
  { datasetId }: RewrapContributionsParameters,
): Promise<RewrapContributionsReturnType> {
  return rewrapLate(client, datasetId, agreedConsentOf);
}

/** On a device that only has the seed: the terms that were checked, with a grant for this device. */
const agreedConsentOf: ConsentOf = async (client, ref, datasetId, batch) => {
  try {
    return await storedConsentOf(client, ref, datasetId, batch);
  } catch (error) {
    if (!(error instanceof ConsentMissingError)) throw error;
  }
  const { consent, signature, termsHash: consentHash, items } = batch;
  const { grantNonce } = await readNonces(client, ref.address, datasetId);
  const grant = await signGrant(client, ref, datasetId, grantNonce);
  return { consentHash, consent, signature, ...grant, schemaHash: items[0]!.contribution.schemaHash };
};
