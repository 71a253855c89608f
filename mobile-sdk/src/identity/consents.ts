import { type Consent, consentHash, type DeviceGrant, type Hex } from '@allod/protocol';
import { type ClientContext } from '../context.ts';
import { ConsentMissingError } from '../errors/account.ts';
import type { ConsentInput, DeviceGrantInput } from '../graphql/generated.ts';
import { loadJson, saveJson } from '../store.ts';

/** A consent with the grant of this device, as signed by the contributorRef. */
export interface StoredConsent {
  consentHash: Hex;
  consent: Consent;
  signature: string;
  grant: DeviceGrant;
  grantSignature: string;
  /** Of the dataset, read from the chain when the consent was given; a dataset never changes. */
  schemaHash: string;
}

interface ConsentFile {
  consent: ConsentInput;
  grant: DeviceGrantInput;
  schemaHash: string;
}

const key = (datasetId: string, hash: string): string => `consent/${datasetId.toLowerCase()}/${hash}`;
const CURRENT = 'consent-current/';
const currentKey = (datasetId: string): string => `${CURRENT}${datasetId.toLowerCase()}`;

/** The consent in the shape of the API. */
export function consentInput({ consent, signature }: StoredConsent): ConsentInput {
  return { ...consent, validUntil: Number(consent.validUntil), minPrice: consent.minPrice.toString(), signature };
}

/** The grant in the shape of the API. */
export function grantInput({ grant, grantSignature }: StoredConsent): DeviceGrantInput {
  return { ...grant, validUntil: Number(grant.validUntil), signature: grantSignature };
}

/** Stores a consent and makes it the one that new contributions are given under. */
export async function saveConsent(client: ClientContext, stored: StoredConsent): Promise<void> {
  await storeConsent(client, stored);
  const { datasetId } = stored.consent;
  await saveJson(client.platform.resumeStore, currentKey(datasetId), { consentHash: stored.consentHash });
}

/** Stores a consent, whichever is current. */
export async function storeConsent(client: ClientContext, stored: StoredConsent): Promise<void> {
  const store = client.platform.resumeStore;
  const { datasetId } = stored.consent;
  const file: ConsentFile = { consent: consentInput(stored), grant: grantInput(stored), schemaHash: stored.schemaHash };
  await saveJson(store, key(datasetId, stored.consentHash), file);
}

/** Datasets that this device has a consent for. */
export async function consentedDatasets(client: ClientContext): Promise<string[]> {
  const names = await client.platform.resumeStore.list(CURRENT);
  return names.map((name) => name.slice(CURRENT.length));
}

/** A stored consent by its hash, or the current one. Throws {@link ConsentMissingError}. */
export async function loadConsent(client: ClientContext, datasetId: string, hash?: string): Promise<StoredConsent> {
  const store = client.platform.resumeStore;
  const wanted = hash ?? (await loadJson<{ consentHash: string }>(store, currentKey(datasetId)))?.consentHash;
  const file = wanted === undefined ? undefined : await loadJson<ConsentFile>(store, key(datasetId, wanted));
  if (!file) throw new ConsentMissingError(datasetId);
  const { signature, minPrice, ...terms } = file.consent;
  const { signature: grantSignature, ...grant } = file.grant;
  const consent: Consent = { ...terms, minPrice: BigInt(minPrice) };
  return { consentHash: consentHash(consent), consent, signature, grant, grantSignature, schemaHash: file.schemaHash };
}

const extensionKey = (datasetId: string, hash: string): string =>
  `consent-extended/${datasetId.toLowerCase()}/${hash.toLowerCase()}`;

/** Remembers that the contributor had a newer consent count for what was given under older ones. */
export async function saveExtension(
  client: ClientContext,
  newer: StoredConsent,
  older: readonly string[],
): Promise<void> {
  const { datasetId } = newer.consent;
  for (const hash of older)
    await saveJson(client.platform.resumeStore, extensionKey(datasetId, hash), { by: newer.consentHash });
}

/** The consent that this device made count for what was given under another one; undefined when it did not. */
export async function extensionOf(client: ClientContext, datasetId: string, hash: string): Promise<string | undefined> {
  return (await loadJson<{ by: string }>(client.platform.resumeStore, extensionKey(datasetId, hash)))?.by;
}

/** Forgets which consent is current; contributions need a new one from here on. */
export async function dropCurrentConsent(client: ClientContext, datasetId: string): Promise<void> {
  await client.platform.resumeStore.delete(currentKey(datasetId));
}
