import {
  type Contribution,
  contributionLeaf,
  contributionRoot,
  fromHex,
  signStruct,
  toHex,
  unwrapDek,
  walkKek,
  wrapDek,
  MAX_VERSION,
  Purpose,
} from '@allod/protocol';
import { type ClientContext, type RefAccount } from '../context.ts';
import { labelPacks, packCount } from '../crypto/labelPacks.ts';
import type { LabelPackInput, SignedRecordInput } from '../graphql/generated.ts';
import { consentInput, grantInput, type StoredConsent } from '../identity/consents.ts';
import { deviceKey } from '../identity/deviceKey.ts';
import { loadOwnerKek } from '../identity/ownerKekStore.ts';
import { topKekOf } from '../identity/topKek.ts';
import { recordTerms, sealAndSign } from '../identity/sealedKeys.ts';
import { loadJson, saveJson } from '../store.ts';
import type { CommitDraft, QueuedBatch } from './batch.ts';

/**
 * Builds the commit of a batch for one intake: wraps each DEK under the intake's KEK, seals that KEK (once per consent
 * and intake), makes label packs when the consent has LABEL, and signs the root with the device key.
 */
export async function draftCommit(
  client: ClientContext,
  ref: RefAccount,
  stored: StoredConsent,
  batch: QueuedBatch,
  intake: number,
): Promise<CommitDraft> {
  const { chainId, contracts } = client.chain;
  const { datasetId, salt, schemaHash } = batch;
  const { consentHash } = stored;
  const top = await topKekOf(client, ref, datasetId, consentHash);
  const kek = walkKek(top, MAX_VERSION, intake);
  const deks = batch.items.map((item) => unwrapDek(top, fromHex(item.spoolDek), item.contributionId));
  const signer = await deviceKey(client, datasetId);

  const leaves = batch.items.map((item) => contributionLeaf(contributionOf(batch, item, intake)));
  const root = contributionRoot(leaves);
  const count = leaves.length;
  const input = {
    idempotencyKey: root,
    datasetId,
    consent: consentInput(stored),
    grant: grantInput(stored),
    root,
    count,
    salt,
    batchSignature: await signStruct(
      signer,
      'ContributionBatch',
      { root, count, consentHash, salt },
      chainId,
      contracts,
    ),
    contributions: batch.items.map((item, i) => ({
      contributionId: item.contributionId,
      schemaHash,
      intake,
      contentDigest: item.contentDigest,
      size: item.size,
      floeHeader: item.floeHeader,
      metadataHash: item.metadataHash,
      metadata: item.metadata,
      leaves: item.leaves.map((leaf) => leaf.cid),
      wrappedDek: toHex(wrapDek(kek, deks[i] as Uint8Array, item.contributionId)),
    })),
    sealedKek: await sealedKekOf(client, stored, kek, intake),
    ownerKek: ref.refSeed ? null : ((await loadOwnerKek(client, consentHash)) ?? null),
    labelPacks:
      (stored.consent.purposes & Purpose.LABEL) === 0
        ? []
        : await packsOf(
            client,
            stored,
            kek,
            intake,
            batch.items.map((item, i) => ({ contributionId: item.contributionId, dek: deks[i] as Uint8Array })),
          ),
  };
  return { intake, input };
}

function contributionOf(batch: QueuedBatch, item: QueuedBatch['items'][number], intake: number): Contribution {
  const { contributorRef, datasetId, schemaHash } = batch;
  const { contributionId, contentDigest, size, floeHeader, metadataHash } = item;
  return {
    contributionId,
    contributorRef,
    datasetId,
    schemaHash,
    intake,
    contentDigest,
    size,
    floeHeader,
    metadataHash,
  };
}

/** The KEK of an intake, sealed once per consent, intake and key network. */
export async function sealedKekOf(
  client: ClientContext,
  stored: StoredConsent,
  kek: Uint8Array,
  intake: number,
): Promise<SignedRecordInput> {
  const { resumeStore } = client.platform;
  const name = `sealed-kek/${stored.consentHash}/${intake}/${client.keyGate.networkKey}`;
  const kept = await loadJson<SignedRecordInput>(resumeStore, name);
  if (kept?.signer === stored.grant.signer) return kept;
  const terms = { ...recordTerms(client, stored), kind: 'kek' as const, version: intake };
  const sealed = await sealAndSign(client, terms, kek, await deviceKey(client, stored.consent.datasetId));
  await saveJson(resumeStore, name, sealed);
  return sealed;
}

async function packsOf(
  client: ClientContext,
  stored: StoredConsent,
  kek: Uint8Array,
  intake: number,
  items: { contributionId: string; dek: Uint8Array }[],
): Promise<LabelPackInput[]> {
  const { datasetId, contributorRef } = stored.consent;
  const firstIndex = await reservePacks(client, stored.consentHash, intake, packCount(items.length));
  const packs = labelPacks(
    { kek, datasetId, contributorRef, consentHash: stored.consentHash, intake, firstIndex },
    items,
  );
  const signer = await deviceKey(client, datasetId);
  const inputs: LabelPackInput[] = [];
  for (const { packId, packIndex, labelKey, wraps } of packs) {
    const terms = { ...recordTerms(client, stored), kind: 'label' as const, intake, packIndex, packId };
    inputs.push({ packId, packIndex, wraps, sealed: await sealAndSign(client, terms, labelKey, signer) });
  }
  return inputs;
}

const reservations = new WeakMap<ClientContext, Promise<unknown>>();

/** Takes the next `count` pack indexes of a consent and intake. An index is never given twice, even when its draft is thrown away. */
function reservePacks(client: ClientContext, consentHash: string, intake: number, count: number): Promise<number> {
  const { resumeStore } = client.platform;
  const name = `packs/${consentHash}/${intake}`;
  const take = async (): Promise<number> => {
    const next = (await loadJson<{ next: number }>(resumeStore, name))?.next ?? 0;
    await saveJson(resumeStore, name, { next: next + count });
    return next;
  };
  const turn = (reservations.get(client) ?? Promise.resolve()).then(take, take);
  reservations.set(client, turn);
  return turn;
}
