import { digestOf } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import type { ClientContext } from '../context.ts';
import { UntrustedAnswerError } from '../errors/api.ts';
import type { ReceiptFieldsFragment } from '../graphql/generated.ts';
import { loadJson, saveJson } from '../store.ts';

/** The operator's signed word, kept on the device: what it says can be held against the operator. */
export type SignedReceipt = ReceiptFieldsFragment & { contributorRef: string; datasetId: string };

const key = (datasetId: string, subject: string): string =>
  `receipt/${datasetId.toLowerCase()}/${subject.toLowerCase()}`;

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
  await saveJson(client.platform.resumeStore, key(of.datasetId, subject), kept);
  return kept;
}

/** All receipts of a dataset that this device holds. */
export async function loadReceipts(client: ClientContext, datasetId: string): Promise<SignedReceipt[]> {
  const store = client.platform.resumeStore;
  const keys = await store.list(key(datasetId, ''));
  const receipts = await Promise.all(keys.map((name) => loadJson<SignedReceipt>(store, name)));
  return receipts.filter((receipt) => receipt !== undefined);
}
