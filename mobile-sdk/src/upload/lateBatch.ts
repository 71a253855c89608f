import {
  type Consent,
  consentHash,
  contentDigest,
  type Contribution,
  contributionId,
  contributionLeaf,
  digestOf,
  type Hex,
  jsonSha256,
  parseCid,
  verifyContributionProof,
} from '@allod/protocol';
import { recoverAddress } from 'ethers';
import type { ClientContext, RefAccount } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import type { LateContributionsQuery } from '../graphql/generated.ts';
import { extensionOf } from '../identity/consents.ts';

export type LateBatch = LateContributionsQuery['lateContributions']['batches'][number];
type LateItem = LateBatch['items'][number];

/** A late item whose record is the one that was signed at the time. */
export interface CheckedItem {
  contribution: Contribution;
  index: number;
  /** Consent that its DEK is wrapped under today. */
  consentHash: string;
  wrappedDek: string;
  metadata: unknown;
}

export interface CheckedBatch {
  salt: string;
  /** Consent whose terms count for these items, signed by the contributor. */
  consent: Consent;
  signature: string;
  termsHash: Hex;
  items: CheckedItem[];
}

const NO_METADATA = `0x${'00'.repeat(32)}`;

/**
 * Checks that a late batch is what this contributor signed: each item is a leaf of a batch signed by a device that the contributor
 * granted, and the terms are the consent that it was given under, or one that this device made count for it (`extendConsent`). So
 * nothing is signed that was not given, and nothing moves under terms that the contributor once signed for something else.
 *
 * @throws `UNTRUSTED_ANSWER`
 */
export async function checkLateBatch(
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  batch: LateBatch,
): Promise<CheckedBatch> {
  const { chainId, contracts } = client.chain;
  const { root, count, salt, grant, terms } = batch;
  const isOurs = (of: { contributorRef: string; datasetId: string }): boolean =>
    same(of.contributorRef, ref.address) && same(of.datasetId, datasetId);
  const untrusted = (what: string): never => {
    throw new UntrustedAnswerError(`a late batch does not prove itself: ${what}`, { root });
  };

  const { signature: grantSignature, ...grantTerms } = grant;
  const grantDigest = digestOf('DeviceGrant', grantTerms, chainId, contracts);
  if (!isOurs(grant) || !signedBy(grantDigest, grantSignature, ref.address)) untrusted('the device grant');
  const batchDigest = digestOf(
    'ContributionBatch',
    { root, count, consentHash: batch.consentHash, salt },
    chainId,
    contracts,
  );
  if (!signedBy(batchDigest, batch.signature, grant.signer)) untrusted('the signature of the batch');

  const { signature, minPrice, ...rest } = terms;
  const consent: Consent = { ...rest, minPrice: BigInt(minPrice) };
  const consentDigest = digestOf('Consent', consent, chainId, contracts);
  if (!isOurs(terms) || !signedBy(consentDigest, signature, ref.address)) untrusted('the consent');

  const termsHash = consentHash(consent);
  const counts =
    same(termsHash, batch.consentHash) || termsHash === (await extensionOf(client, datasetId, batch.consentHash));
  if (!counts) untrusted('terms that were not agreed to for it');

  const items = batch.items.map((item) => checkItem(item, ref, datasetId, batch) ?? untrusted(item.contribution.id));
  return { salt, consent, signature, termsHash, items };
}

function checkItem(
  { contribution: found, wrappedDek }: LateItem,
  ref: RefAccount,
  datasetId: string,
  { root, salt }: LateBatch,
): CheckedItem | undefined {
  const { index, proof, metadata } = found;
  const contribution: Contribution = {
    contributionId: contributionId({ contributorRef: ref.address, datasetId, salt, index }),
    contributorRef: ref.address,
    datasetId,
    schemaHash: found.schemaHash,
    intake: found.intake,
    contentDigest: contentDigest(parseCid(found.cid)),
    size: found.size,
    floeHeader: found.floeHeader,
    metadataHash: metadata === null ? NO_METADATA : jsonSha256(metadata),
  };
  const isIncluded = verifyContributionProof(root, contributionLeaf(contribution), index, proof as Hex[]);
  if (!isIncluded || !same(found.id, contribution.contributionId)) return undefined;
  return { contribution, index, consentHash: found.consentHash, wrappedDek, metadata };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function signedBy(digest: string, signature: string, account: string): boolean {
  try {
    return same(recoverAddress(digest, signature), account);
  } catch {
    return false;
  }
}
