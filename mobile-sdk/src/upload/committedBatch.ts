import type { ContributionFieldsFragment } from '../graphql/generated.ts';
import type { SignedReceipt } from '../identity/receipts.ts';

/** A batch that the API has stored for good. */
export interface CommittedBatch {
  batchId: string;
  root: string;
  contributions: ContributionFieldsFragment[];
  receipt: SignedReceipt;
}
