import { ALL_PURPOSES, Code, consentHash, digestOf } from '@allod/protocol';
import type { Consent } from '@allod/protocol';
import { refuseUnless } from '../../common/errors/refusal.ts';
import type { ConsentInput, DeviceGrantInput } from '../../common/graphql/schema.generated.ts';
import type { ChainPort } from '../../integrations/chain/chain.port.ts';
import { isSignedBy } from '../../integrations/chain/signatures.ts';
import type { IntakeEntity } from './intake.entity.ts';
import type { Nonces } from './nonce.service.ts';

const MAX_GRANT_SECONDS = 90 * 24 * 3600;

export const consentOf = (input: ConsentInput): Consent => ({
  contributorRef: input.contributorRef,
  datasetId: input.datasetId,
  purposes: input.purposes,
  validUntil: input.validUntil,
  minPrice: BigInt(input.minPrice),
  termsHash: input.termsHash,
  consentNonce: input.consentNonce,
  sources: input.sources,
});

export const consentHashOf = (input: ConsentInput): string => consentHash(consentOf(input));

/** What can be said about a consent from its text and the clock. */
export function checkConsentTerms(consent: ConsentInput, now: number): void {
  const { purposes, validUntil } = consent;
  refuseUnless(
    purposes > 0 && (purposes & ~ALL_PURPOSES) === 0,
    Code.CONSENT_PURPOSES,
    'A consent names known purposes',
  );
  refuseUnless(validUntil > now, Code.CONSENT_EXPIRED, `The consent ended at ${validUntil}`);
}

export function checkGrantTerms(grant: DeviceGrantInput, consent: ConsentInput, now: number): void {
  const same = grant.contributorRef === consent.contributorRef && grant.datasetId === consent.datasetId;
  refuseUnless(same, Code.BAD_INPUT, 'Grant and consent are of different contributors or datasets');
  refuseUnless(grant.validUntil > now, Code.GRANT_EXPIRED, `The device grant ended at ${grant.validUntil}`);
  refuseUnless(grant.validUntil <= now + MAX_GRANT_SECONDS, Code.GRANT_EXPIRED, 'A device grant lasts at most 90 days');
}

/** What the dataset and the chain say about a consent and a grant. */
export function checkAgainstDataset(
  consent: ConsentInput,
  grant: DeviceGrantInput,
  intake: IntakeEntity,
  nonces: Nonces,
): void {
  refuseUnless(
    (consent.purposes & intake.purposes) !== 0,
    Code.CONSENT_PURPOSES,
    'The dataset has none of these purposes',
  );
  const counted = consent.sources >= 1 && consent.sources <= intake.sources;
  refuseUnless(counted, Code.CONSENT_SOURCES, `The dataset has ${intake.sources} entitlement sources`);
  const current = consent.consentNonce === nonces.consentNonce;
  refuseUnless(current, Code.CONSENT_WITHDRAWN, `The current consent nonce is ${nonces.consentNonce}`);
  refuseUnless(
    grant.grantNonce === nonces.grantNonce,
    Code.GRANT_REVOKED,
    `The current grant nonce is ${nonces.grantNonce}`,
  );
}

export async function checkConsentSignatures(
  chain: ChainPort,
  consent: ConsentInput,
  grant: DeviceGrantInput,
): Promise<void> {
  const { chainId, addresses } = chain;
  const consentDigest = digestOf('Consent', consentOf(consent), chainId, addresses);
  const consented = await isSignedBy(chain, consent.contributorRef, consentDigest, consent.signature);
  refuseUnless(consented, Code.WRONG_SIGNATURE, 'The consent is not signed by the contributor on this chain', {
    of: 'consent',
  });
  const grantDigest = digestOf('DeviceGrant', grant, chainId, addresses);
  const granted = await isSignedBy(chain, grant.contributorRef, grantDigest, grant.signature);
  refuseUnless(granted, Code.WRONG_SIGNATURE, 'The device grant is not signed by the contributor', { of: 'grant' });
}
