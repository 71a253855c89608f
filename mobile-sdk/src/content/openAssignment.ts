import { fromHex, type SealedKeyRecord, type SealedLabelKey, unwrapDek } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import { ContentError } from '../errors/content.ts';
import type { AssignmentFieldsFragment } from '../graphql/generated.ts';
import type { Account } from '../identity/account.ts';
import { labelKeyOf } from '../identity/labelKeys.ts';
import { openItem } from './openItem.ts';

/** Decrypts the item of an assignment: label key from the keepers, DEK from its label wrap, blocks by CID. */
export async function openAssignmentItem(
  client: ClientContext,
  labeler: Account,
  assignment: AssignmentFieldsFragment,
): Promise<Uint8Array<ArrayBuffer>> {
  const record = assignment.sealedKey as SealedKeyRecord;
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const fits =
    record.kind === 'label' &&
    same(record.packId, assignment.packId) &&
    same(record.datasetId, assignment.datasetId) &&
    same(record.contributorRef, assignment.contributorRef) &&
    same(record.accessPolicy, client.chain.contracts.AccessPolicy) &&
    record.chainId === client.chain.chainId;
  if (!fits)
    throw new UntrustedAnswerError('the sealed key is not the one of this assignment', { packId: assignment.packId });
  return openItem(client, assignment, unwrap(assignment, await labelKeyOf(client, labeler, record as SealedLabelKey)));
}

function unwrap(assignment: AssignmentFieldsFragment, key: Uint8Array): Uint8Array {
  try {
    return unwrapDek(key, fromHex(assignment.labelWrappedDek), assignment.contributionId);
  } catch (cause) {
    throw new ContentError('DOES_NOT_OPEN', 'the wrapped key does not open', {
      details: { contributionId: assignment.contributionId },
      cause,
    });
  }
}
