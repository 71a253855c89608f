import { type ClientContext, refOf } from '../context.ts';
import { openDataset, type OpenDatasetErrorType, type OpenDatasetReturnType, type OpenedItem } from './openDataset.ts';

export interface ExportContributionsParameters {
  datasetId: string;
  /** Default the newest open version. */
  version?: number;
}

export type ExportContributionsReturnType = AsyncIterable<OpenedItem> & Pick<OpenDatasetReturnType, 'version' | 'keys'>;
export type ExportContributionsErrorType = OpenDatasetErrorType;

/**
 * Takes one's own items out of a published version, without the API: the keepers always open a contributor's keys to the
 * contributor.
 *
 * @throws as `openDataset`; `SEED_MISSING`
 * @example
 * for await (const result of await client.exportContributions({ datasetId })) if (result.ok) await save(result.bytes);
 */
export async function exportContributions(
  client: ClientContext,
  parameters: ExportContributionsParameters,
): Promise<ExportContributionsReturnType> {
  const ref = refOf(client, parameters.datasetId);
  return openDataset(client, { ...parameters, licensee: ref.signer, contributorRef: ref.address });
}
