import { Code, digestOf, MAX_VERSION, OWNER_ONLY, Purpose } from '@allod/protocol';
import type { SealedKeyRecord, SignedKeyRecord } from '@allod/protocol';
import { refuseUnless } from '../../common/errors/refusal.ts';
import type {
  ContributionCommitInput,
  LabelPackInput,
  SignedRecordInput,
} from '../../common/graphql/schema.generated.ts';
import type { ChainPort } from '../../integrations/chain/chain.port.ts';
import { recovers } from '../../integrations/chain/signatures.ts';
import {
  checkKek,
  checkLabelKey,
  checkNetwork,
  checkTerms,
  isWrappedDek,
  readRecord,
  sealedKeyStruct,
} from '../access/sealed-record.ts';
import type { RecordTerms } from '../access/sealed-record.ts';
import type { WrappedKeyEntity } from '../access/wrapped-key.entity.ts';

/** Most items that share one label key. */
export const MAX_PACK = 32;

export interface CheckedKeys {
  sealed: SignedKeyRecord<SealedKeyRecord>[];
  wraps: WrappedKeyEntity[];
  /** KEK_1023 for the contributor alone. */
  owner: SignedKeyRecord<SealedKeyRecord> | null;
}

export interface KeyContext {
  chain: ChainPort;
  chainName: string;
  networkKey: string | undefined;
  consentHash: string;
  intake: number;
}

const termsOf = (commit: ContributionCommitInput, context: KeyContext): RecordTerms => ({
  chain: context.chainName,
  chainId: context.chain.chainId,
  accessPolicy: context.chain.addresses.AccessPolicy,
  datasetId: commit.datasetId,
  contributorRef: commit.consent.contributorRef,
  consentHash: context.consentHash,
  consentNonce: commit.consent.consentNonce,
  purposes: commit.consent.purposes,
  validUntil: commit.consent.validUntil,
  sources: commit.consent.sources,
});

/** Sealed KEK and label packs of a batch: the keepers must be able to answer for exactly these terms. */
export function checkKeys(commit: ContributionCommitInput, context: KeyContext): CheckedKeys {
  const kek = checkRecord(commit, commit.sealedKek, context);
  checkKek(kek.record, context.intake);
  const owner = {
    datasetId: commit.datasetId,
    contributorRef: commit.consent.contributorRef,
    consentHash: context.consentHash,
    intake: context.intake,
  };
  const wraps: WrappedKeyEntity[] = commit.contributions.map((item) => ({
    ...owner,
    contributionId: item.contributionId,
    kind: 'kek',
    packId: null,
    wrappedDek: item.wrappedDek,
  }));
  checkPacking(commit);
  const sealed = [kek];
  for (const pack of commit.labelPacks) {
    sealed.push(checkPack(commit, pack, context));
    for (const { contributionId, wrappedDek } of pack.wraps) {
      wraps.push({ ...owner, contributionId, kind: 'label', packId: pack.packId, wrappedDek });
    }
  }
  return { sealed, wraps, owner: commit.ownerKek ? checkOwnerKek(commit, commit.ownerKek, context) : null };
}

/** Under terms that no license ever meets, and signed by the contributorRef itself: a second device must be able to trust it. */
function checkOwnerKek(commit: ContributionCommitInput, input: SignedRecordInput, context: KeyContext) {
  const { chain, networkKey } = context;
  const { contributorRef } = commit.consent;
  const terms = { ...termsOf(commit, context), ...OWNER_ONLY };
  const signed = checkSealedRecord(input, { chain, networkKey, terms, grantedSigner: contributorRef });
  checkKek(signed.record, MAX_VERSION);
  return signed;
}

function checkRecord(
  commit: ContributionCommitInput,
  input: SignedRecordInput,
  context: KeyContext,
): SignedKeyRecord<SealedKeyRecord> {
  const { chain, networkKey } = context;
  return checkSealedRecord(input, {
    chain,
    networkKey,
    terms: termsOf(commit, context),
    grantedSigner: commit.grant.signer,
  });
}

/** A record of exactly these terms, sealed to this key network and signed by the contributorRef or a granted device. */
export function checkSealedRecord(
  input: SignedRecordInput,
  expected: { chain: ChainPort; networkKey: string | undefined; terms: RecordTerms; grantedSigner: string },
): SignedKeyRecord<SealedKeyRecord> {
  const { chain, networkKey, terms, grantedSigner } = expected;
  const record = readRecord(input.record);
  checkTerms(record, terms);
  checkNetwork(record, networkKey);
  const known = input.signer === terms.contributorRef || input.signer === grantedSigner;
  const digest = digestOf('SealedKey', sealedKeyStruct(record), chain.chainId, chain.addresses);
  const signed = known && recovers(input.signer, digest, input.signature);
  refuseUnless(signed, Code.WRONG_SIGNATURE, 'A sealed key is not signed by its owner', { of: 'sealedKey' });
  return { record, signature: input.signature, signer: input.signer };
}

function checkPack(commit: ContributionCommitInput, pack: LabelPackInput, context: KeyContext) {
  refuseUnless(
    pack.wraps.length >= 1 && pack.wraps.length <= MAX_PACK,
    Code.BAD_LABEL_PACK,
    `A pack holds 1 to ${MAX_PACK} items`,
  );
  const whole = pack.wraps.every((wrap) => isWrappedDek(wrap.wrappedDek));
  refuseUnless(whole, Code.BAD_LABEL_PACK, 'A wrapped DEK has 60 bytes');
  const signed = checkRecord(commit, pack.sealed, context);
  checkLabelKey(signed.record, context.intake, pack);
  return signed;
}

/** With the LABEL purpose each item is in exactly one pack; without it there is no pack. */
function checkPacking(commit: ContributionCommitInput): void {
  const packed = commit.labelPacks.flatMap((pack) => pack.wraps.map((wrap) => wrap.contributionId));
  if (packed.length === 0 && (commit.consent.purposes & Purpose.LABEL) === 0) return;
  const consented = (commit.consent.purposes & Purpose.LABEL) !== 0;
  refuseUnless(consented, Code.BAD_LABEL_PACK, 'Label keys without the LABEL purpose');
  const items = new Set(commit.contributions.map((item) => item.contributionId));
  const exact =
    packed.length === items.size && new Set(packed).size === items.size && packed.every((id) => items.has(id));
  refuseUnless(exact, Code.BAD_LABEL_PACK, 'With the LABEL purpose each item of the batch is in exactly one pack');
}
