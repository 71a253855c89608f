import { digestOf, ReceiptKind } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { type ClientContext, execute, refOf } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import { type ReceiptFieldsFragment, WithdrawalReceiptsDocument } from '../graphql/generated.ts';
import { loadJson, saveJson } from '../store.ts';

/** The operator's signed word, kept on the device: what it says can be held against the operator. */
export type SignedReceipt = ReceiptFieldsFragment & { contributorRef: string; datasetId: string };

const prefix = (datasetId: string): string => `receipt/${datasetId.toLowerCase()}/`;
/** One subject has receipts of several kinds: a withdrawal that was received, and the keys that were shredded after it. */
const key = (datasetId: string, { subject, kind }: { subject: string; kind: number }): string =>
  `${prefix(datasetId)}${subject.toLowerCase()}${kind === ReceiptKind.KEYS_SHREDDED ? `/${kind}` : ''}`;

/** Checks the signature of a receipt and keeps it durably. Throws {@link UntrustedAnswerError} when it is not the operator's. */
export async function keepReceipt(
  client: ClientContext,
  of: { contributorRef: string; datasetId: string },
  receipt: ReceiptFieldsFragment,
): Promise<SignedReceipt> {
  const { chainId, contracts } = client.chain;
  const { subject, kind, evidenceHash, issuedAt, signature } = receipt;
  const expected = client.receiptSigner ?? receipt.signer;
  const digest = digestOf('Receipt', { ...of, subject, kind, evidenceHash, issuedAt }, chainId, contracts);
  if (recoverAddress(digest, signature).toLowerCase() !== expected.toLowerCase()) {
    throw new UntrustedAnswerError('the receipt is not signed by the operator', { receipt, expected });
  }
  const kept = { ...receipt, ...of };
  await saveJson(client.platform.resumeStore, key(of.datasetId, receipt), kept);
  return kept;
}

/** All receipts of a dataset that this device holds. */
export async function loadReceipts(client: ClientContext, datasetId: string): Promise<SignedReceipt[]> {
  const store = client.platform.resumeStore;
  const keys = await store.list(prefix(datasetId));
  const receipts = await Promise.all(keys.map((name) => loadJson<SignedReceipt>(store, name)));
  return receipts.filter((receipt) => receipt !== undefined);
}

/** Fetches the operator's receipts on withdrawals, checks and keeps them. Throws as the API does, {@link UntrustedAnswerError}. */
export async function keepWithdrawalReceipts(client: ClientContext, datasetId: string): Promise<SignedReceipt[]> {
  const ref = refOf(client, datasetId);
  const { withdrawalReceipts } = await execute(client, WithdrawalReceiptsDocument, { datasetId }, ref);
  const of = { contributorRef: ref.address, datasetId };
  const kept: SignedReceipt[] = [];
  for (const receipt of withdrawalReceipts) kept.push(await keepReceipt(client, of, receipt));
  return kept;
}
