import {
  contributionLeaf,
  contributionRoot,
  fromHex,
  leavesByIndex,
  MAX_VERSION,
  signStruct,
  toHex,
  unwrapDek,
  walkKek,
  wrapDek,
} from '@allod/protocol';
import { type ClientContext, execute, type RefAccount } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import { ContributionRewrapDocument, type ContributionRewrapInput } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';
import { consentInput, grantInput, loadConsent, type StoredConsent } from '../identity/consents.ts';
import { deviceKey, withFreshGrant } from '../identity/deviceKey.ts';
import { keepReceipt, type SignedReceipt } from '../identity/receipts.ts';
import { topKekOf } from '../identity/topKek.ts';
import { keepRewrapProofs } from './contributionReceipts.ts';
import { sealedKekOf } from './draft.ts';
import { type CheckedBatch, checkLateBatch, type LateBatch } from './lateBatch.ts';

/** Late items of one batch in their new place. */
export interface RewrappedBatch {
  datasetId: string;
  /** Root of the new leaves, which will be anchored. */
  root: string;
  /** Intake, and so version, that the items belong to now. */
  intake: number;
  contributionIds: string[];
  receipt: SignedReceipt;
}

/** The consent of a late batch with a grant of this device. */
export type ConsentOf = (
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  batch: CheckedBatch,
) => Promise<StoredConsent>;

/** What this device signed itself; throws `CONSENT_MISSING` on one that only has the seed. */
export const storedConsentOf: ConsentOf = async (client, ref, datasetId, { termsHash }) =>
  withFreshGrant(client, ref, await loadConsent(client, datasetId, termsHash));

/** Checks a late batch, moves it into the intake and tells of it. */
export async function moveLate(
  client: ClientContext,
  ref: RefAccount,
  datasetId: string,
  batch: LateBatch,
  intake: number,
  consentOf: ConsentOf = storedConsentOf,
): Promise<RewrappedBatch> {
  const checked = await checkLateBatch(client, ref, datasetId, batch);
  return move(client, ref, await consentOf(client, ref, datasetId, checked), checked, intake);
}

async function move(
  client: ClientContext,
  ref: RefAccount,
  stored: StoredConsent,
  batch: CheckedBatch,
  intake: number,
): Promise<RewrappedBatch> {
  const { chainId, contracts } = client.chain;
  const { consentHash } = stored;
  const { datasetId } = stored.consent;
  const kek = walkKek(await topKekOf(client, ref, datasetId, consentHash), MAX_VERSION, intake);
  const items: ContributionRewrapInput['items'] = [];
  for (const item of batch.items) {
    const { contributionId, intake: closed } = item.contribution;
    if (closed >= intake)
      throw new UntrustedAnswerError('the API calls an item late whose intake is still open', { contributionId });
    const old = walkKek(await topKekOf(client, ref, datasetId, item.consentHash), MAX_VERSION, closed);
    const dek = unwrapDek(old, fromHex(item.wrappedDek), contributionId);
    items.push({ contributionId, wrappedDek: toHex(wrapDek(kek, dek, contributionId)) });
  }
  const moved = batch.items.map(({ contribution }) => ({ ...contribution, intake }));
  const leaves = new Map(batch.items.map(({ index }, i) => [index, contributionLeaf(moved[i]!)]));
  const count = Math.max(...leaves.keys()) + 1;
  const root = contributionRoot(leavesByIndex(leaves, count));
  const { salt } = batch;
  const signer = await deviceKey(client, datasetId);
  const struct = { root, count, consentHash, salt };
  const input: ContributionRewrapInput = {
    datasetId,
    consentHash,
    intake,
    grant: grantInput(stored),
    root,
    count,
    salt,
    batchSignature: await signStruct(signer, 'ContributionBatch', struct, chainId, contracts),
    items,
    sealedKek: await sealedKekOf(client, stored, kek, intake),
  };
  const answer = accepted((await execute(client, ContributionRewrapDocument, { input }, ref)).contributionRewrap);
  if (answer.root.toLowerCase() !== root.toLowerCase())
    throw new UntrustedAnswerError('the API confirms another batch than the one sent', {
      sent: root,
      confirmed: answer.root,
    });
  const receipt = await keepReceipt(client, { contributorRef: ref.address, datasetId }, answer.receipt);
  await keepRewrapProofs(client, {
    contributorRef: ref.address,
    datasetId,
    consent: consentInput(stored),
    grant: input.grant,
    root,
    salt,
    batchSignature: input.batchSignature,
    items: batch.items.map(({ index, metadata }, i) => ({
      index,
      item: { ...moved[i]!, wrappedDek: items[i]!.wrappedDek, metadata },
    })),
  });
  const contributionIds = items.map(({ contributionId }) => contributionId);
  client.events.emit('rewrapped', { datasetId, contributionIds, intake, root });
  return { datasetId, root, intake, contributionIds, receipt };
}
