import type { ClientContext } from '../context.ts';
import type { SeedMissingError } from '../errors/account.ts';
import type { ApiError, RefusedError, TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { type RewrappedBatch, rewrapLate } from '../upload/rewrapLate.ts';

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
  return rewrapLate(client, datasetId);
}
