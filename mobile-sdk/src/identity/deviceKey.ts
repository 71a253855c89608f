import { type DeviceGrant, signStruct } from '@allod/protocol';
import type { ClientContext, RefAccount } from '../context.ts';
import { type StoredConsent, storeConsent } from './consents.ts';
import { LocalSigner } from './localSigner.ts';
import { randomBytes } from '../random.ts';

/** Longest life of a grant, in seconds. */
const GRANT_LIFE = 90 * 24 * 3600;
/** A grant with less than this left is renewed, in seconds. */
const RENEW_BEFORE = 24 * 3600;

/** This device's signing key in a dataset, made on first use and kept in the platform's key store. */
export async function deviceKey(client: ClientContext, datasetId: string): Promise<LocalSigner> {
  const { keyStore } = client.platform;
  const name = `device/${client.chain.chainId}/${datasetId.toLowerCase()}`;
  let secret = await keyStore.get(name);
  if (!secret) {
    secret = randomBytes(32);
    await keyStore.set(name, secret);
  }
  return new LocalSigner(secret);
}

/** Signs a grant for the device key, valid for at most 90 days. */
export async function signGrant(
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  grantNonce: number,
): Promise<{ grant: DeviceGrant; grantSignature: string }> {
  const { chainId, contracts } = client.chain;
  const validUntil = Math.floor(client.platform.clock.now() / 1000) + GRANT_LIFE;
  const grant = {
    contributorRef: ref.address,
    datasetId,
    signer: (await deviceKey(client, datasetId)).address,
    validUntil,
    grantNonce,
  };
  return { grant, grantSignature: await signStruct(ref.signer, 'DeviceGrant', grant, chainId, contracts) };
}

/** The same consent with a grant that is good for at least another day; a revoked grant stays revoked. */
export async function withFreshGrant(
  client: ClientContext,
  ref: RefAccount,
  stored: StoredConsent,
): Promise<StoredConsent> {
  const now = Math.floor(client.platform.clock.now() / 1000);
  const key = await deviceKey(client, stored.consent.datasetId);
  const left = Number(stored.grant.validUntil) - now;
  // A grant that is good for longer than any may be was signed by a clock that was wrong.
  if (stored.grant.signer === key.address && left > RENEW_BEFORE && left <= GRANT_LIFE + RENEW_BEFORE) return stored;
  const renewed = { ...stored, ...(await signGrant(client, ref, stored.consent.datasetId, stored.grant.grantNonce)) };
  await storeConsent(client, renewed);
  return renewed;
}
