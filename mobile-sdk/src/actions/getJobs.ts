import { type ClientContext, execute, walletOf } from '../context.ts';
import type { ApiError, TransportError } from '../errors/api.ts';
import {
  type JobFieldsFragment,
  type JobState,
  LabelingJobDocument,
  LabelingJobsDocument,
} from '../graphql/generated.ts';
import type { Account } from '../identity/account.ts';

export type LabelingJob = JobFieldsFragment;

export interface GetJobsParameters {
  datasetId?: string;
  state?: JobState;
}

export type GetJobsReturnType = LabelingJob[];
export type GetJobsErrorType = ApiError | TransportError;

const visitor = async (client: ClientContext): Promise<Account | undefined> =>
  client.signer ? walletOf(client) : undefined;

/**
 * Labeling jobs with price, budget and overlap; with a wallet also its `qualification`. Money in token base units.
 *
 * @example
 * const open = await client.getJobs({ state: 'OPEN' });
 */
export async function getJobs(client: ClientContext, parameters: GetJobsParameters = {}): Promise<GetJobsReturnType> {
  const { datasetId = null, state = null } = parameters;
  return (await execute(client, LabelingJobsDocument, { datasetId, state }, await visitor(client))).labelingJobs;
}

/**
 * One labeling job, null when there is none.
 *
 * @example
 * const job = await client.getJob({ jobId });
 */
export async function getJob(client: ClientContext, { jobId }: { jobId: string }): Promise<LabelingJob | null> {
  return (await execute(client, LabelingJobDocument, { id: jobId }, await visitor(client))).labelingJob;
}
