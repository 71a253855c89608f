import { AllodError } from './base.ts';

/** The action needs a wallet and the client was created without one. */
export class SignerMissingError extends AllodError {
  override name = 'SignerMissingError';

  constructor() {
    super('SIGNER_MISSING', 'this action needs a signer: pass `signer` to createClient');
  }
}

/** The action needs the contributor's seed and the client was created without one. */
export class SeedMissingError extends AllodError {
  override name = 'SeedMissingError';

  constructor() {
    super('SEED_MISSING', 'this action needs a contributor: pass `seed` (32 bytes) or `contributor` to createClient');
  }
}

/** No consent for the dataset is stored on this device. */
export class ConsentMissingError extends AllodError {
  override name = 'ConsentMissingError';

  constructor(datasetId: string) {
    super('CONSENT_MISSING', 'give consent for this dataset first (grantConsent)', { details: { datasetId } });
  }
}

/** A wallet's key of a consent is neither on this device nor kept, sealed, by the API. */
export class OwnerKeyMissingError extends AllodError {
  override name = 'OwnerKeyMissingError';

  constructor(consentHash: string) {
    super(
      'OWNER_KEY_MISSING',
      'neither this device nor the API holds the key of this consent: use the device that gave it, or consent anew',
      { details: { consentHash } },
    );
  }
}

/** The sign-in message of the API is not the one that was asked for; nothing was signed. */
export class BadChallengeError extends AllodError {
  override name = 'BadChallengeError';

  constructor(details: unknown) {
    super('BAD_CHALLENGE', 'the sign-in message does not name this account, site and chain', { details });
  }
}
