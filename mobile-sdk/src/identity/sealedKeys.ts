import { conditionOf, type SealedKeyRecord, sealedKeyHash, signStruct } from '@allod/protocol';
import type { AccountSigner } from './account.ts';
import type { ClientContext } from '../context.ts';
import type { SignedRecordInput } from '../graphql/generated.ts';
import type { StoredConsent } from './consents.ts';

type Terms = Pick<
  SealedKeyRecord,
  | 'v'
  | 'chain'
  | 'chainId'
  | 'accessPolicy'
  | 'datasetId'
  | 'contributorRef'
  | 'consentHash'
  | 'consentNonce'
  | 'purposes'
  | 'validUntil'
  | 'sources'
>;

/** The part of a sealed record that follows from the consent: what keepers will compare with the chain. */
export function recordTerms(client: ClientContext, { consent, consentHash }: StoredConsent): Terms {
  const { chain } = client;
  return {
    v: 1,
    chain: chain.name,
    chainId: chain.chainId,
    accessPolicy: chain.contracts.AccessPolicy,
    datasetId: consent.datasetId,
    contributorRef: consent.contributorRef,
    consentHash,
    consentNonce: consent.consentNonce,
    purposes: consent.purposes,
    validUntil: Number(consent.validUntil),
    sources: consent.sources,
  };
}

/** Seals a key under a record's own condition and has `signer` vouch that the record belongs to its contributor. */
export async function sealAndSign(
  client: ClientContext,
  terms:
    | Omit<Extract<SealedKeyRecord, { kind: 'kek' }>, 'seals'>
    | Omit<Extract<SealedKeyRecord, { kind: 'label' }>, 'seals'>,
  key: Uint8Array,
  signer: AccountSigner,
): Promise<SignedRecordInput> {
  const open = { ...terms, seals: [] } as SealedKeyRecord;
  const record = { ...open, seals: [await client.keyGate.seal(key, conditionOf(open))] } as SealedKeyRecord;
  const { chainId, contracts } = client.chain;
  const statement = {
    contributorRef: record.contributorRef,
    datasetId: record.datasetId,
    recordHash: sealedKeyHash(record),
  };
  return {
    record,
    signature: await signStruct(signer, 'SealedKey', statement, chainId, contracts),
    signer: await signer.getAddress(),
  };
}
