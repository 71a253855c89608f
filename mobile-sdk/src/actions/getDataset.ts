import { readDataset } from '../chain/reads.ts';
import { type ClientContext, execute } from '../context.ts';
import { type ApiError, type TransportError, UntrustedAnswerError } from '../errors/api.ts';
import type { AllodError } from '../errors/base.ts';
import type { ChainError } from '../errors/chain.ts';
import { DatasetDocument, type DatasetFieldsFragment, DatasetsDocument } from '../graphql/generated.ts';

export type Dataset = DatasetFieldsFragment;
export type GetDatasetErrorType = ApiError | TransportError | UntrustedAnswerError | ChainError | AllodError;

export interface FindDatasetsParameters {
  /** Words in name or description. */
  search?: string;
  curator?: string;
  /** Most results; default 20. */
  first?: number;
  /** `endCursor` of the page before. */
  after?: string;
}

export interface FindDatasetsReturnType {
  datasets: Dataset[];
  totalCount: number;
  /** Null on the last page. */
  endCursor: string | null;
}

/**
 * One dataset with its offers and versions; null when the API knows none. What binds (curator, schema hash, floor price,
 * token, shares) is compared with the chain.
 *
 * @throws `UNTRUSTED_ANSWER` when API and chain differ
 * @example
 * const dataset = await client.getDataset({ datasetId });
 */
export async function getDataset(client: ClientContext, { datasetId }: { datasetId: string }): Promise<Dataset | null> {
  const { dataset } = await execute(client, DatasetDocument, { id: datasetId });
  if (!dataset) return null;
  const onChain = await readDataset(client, datasetId);
  const same =
    dataset.id.toLowerCase() === datasetId.toLowerCase() &&
    dataset.curator.toLowerCase() === onChain.curator.toLowerCase() &&
    dataset.schemaHash.toLowerCase() === onChain.schemaHash.toLowerCase() &&
    dataset.token.toLowerCase() === onChain.token.toLowerCase() &&
    BigInt(dataset.floorPrice) === onChain.floorPrice &&
    dataset.contributorsBps === onChain.contributorsBps &&
    dataset.purposes === onChain.purposes;
  if (!same) throw new UntrustedAnswerError('the API describes another dataset than the chain', { dataset, onChain });
  return dataset;
}

/**
 * Searches datasets. Prices in token base units.
 *
 * @example
 * const { datasets } = await client.findDatasets({ search: 'handwritten digits' });
 */
export async function findDatasets(
  client: ClientContext,
  parameters: FindDatasetsParameters = {},
): Promise<FindDatasetsReturnType> {
  const { search = null, curator = null, first = 20, after = null } = parameters;
  const { edges, pageInfo, totalCount } = (await execute(client, DatasetsDocument, { search, curator, first, after }))
    .datasets;
  return {
    datasets: edges.map(({ node }) => node),
    totalCount,
    endCursor: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  };
}
