import { Code } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { RefusedError } from '../errors/api.ts';
import { AllodError } from '../errors/base.ts';
import { spoolIn } from '../upload/batch.ts';
import { forgetContribution } from '../upload/contributionReceipts.ts';
import {
  withdrawContribution,
  type WithdrawContributionErrorType,
  type WithdrawContributionParameters,
  type WithdrawContributionReturnType,
} from './withdrawContribution.ts';

export type EraseParameters = WithdrawContributionParameters;

export interface EraseReturnType {
  /** `device`: it had not left the device. `withdrawn`: the API dropped its key. */
  where: 'device' | 'withdrawn';
  /** As the API has it now; null where it never had it. */
  contribution: WithdrawContributionReturnType | null;
}

export type EraseErrorType = WithdrawContributionErrorType | AllodError;

/**
 * Erases one contribution wherever it is: from the queue if it has not been sent, else by withdrawing it at the API (its wrapped keys
 * are dropped, the key files of published versions replaced) and by dropping this device's copy of the key. What somebody opened
 * before, or can open with an old key file that they kept, cannot be recalled; the hash of its record stays on chain.
 *
 * @throws `BATCH_QUEUED` when it waits in a batch with others: send the batch first, or `discardBatch` it as a whole;
 *   RefusedError (`NOT_FOUND`, `WRONG_SIGNATURE`)
 * @example
 * const { where } = await client.erase({ datasetId, contributionId });
 */
export async function erase(client: ClientContext, parameters: EraseParameters): Promise<EraseReturnType> {
  const { datasetId, contributionId } = parameters;
  const spool = spoolIn(client.platform.resumeStore);
  for (const batchId of await spool.ids()) {
    const batch = await spool.load(batchId);
    if (!batch?.items.some((item) => item.contributionId === contributionId)) continue;
    if (batch.items.length > 1 || spool.sending.has(batchId))
      throw new AllodError('BATCH_QUEUED', 'the item waits in a batch with others or is on its way', {
        details: { batchId, contributionIds: batch.items.map((item) => item.contributionId) },
      });
    await spool.remove(batchId);
    // A draft may have reached the API before its answer was lost; then it is withdrawn there too.
    if (!batch.draft) return { where: 'device', contribution: null };
  }
  try {
    const contribution = await withdrawContribution(client, parameters);
    await forgetContribution(client, datasetId, contributionId);
    return { where: 'withdrawn', contribution };
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== Code.ITEM_WITHDRAWN) throw error;
    await forgetContribution(client, datasetId, contributionId);
    return { where: 'withdrawn', contribution: null };
  }
}
