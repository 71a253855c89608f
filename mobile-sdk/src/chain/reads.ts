import type { ClientContext } from '../context.ts';
import { AllodError } from '../errors/base.ts';
import { contractAt } from './contracts.ts';
import { readChain } from './transact.ts';

/** A dataset as the chain knows it: what the API says is checked against this. */
export interface ChainDataset {
  curator: string;
  schemaHash: string;
  purposes: number;
  contributorsBps: number;
  /** Base units per license per 30 days. */
  floorPrice: bigint;
  token: string;
  latestVersion: number;
  sources: number;
}

/** Reads a dataset from DatasetRegistry. Throws `UNKNOWN_DATASET` when there is none. */
export async function readDataset(client: ClientContext, datasetId: string): Promise<ChainDataset> {
  const registry = contractAt(client.chain, 'DatasetRegistry');
  const unknown = new AllodError('UNKNOWN_DATASET', 'the chain knows no such dataset', { details: { datasetId } });
  const [dataset, sources] = await readChain(() =>
    Promise.all([registry.getFunction('getDataset')(datasetId), registry.getFunction('sourcesOf')(datasetId)]),
  ).catch((error: unknown) => {
    throw error instanceof AllodError && error.code === 'DatasetRegistryUnknownDataset' ? unknown : error;
  });
  if (BigInt(dataset.curator) === 0n) throw unknown;
  return {
    curator: dataset.curator,
    schemaHash: dataset.schemaHash,
    purposes: Number(dataset.purposes),
    contributorsBps: Number(dataset.contributorsBps),
    floorPrice: dataset.floorPrice,
    token: dataset.token,
    latestVersion: Number(dataset.latestVersion),
    sources: sources.length,
  };
}

/** Current nonces of a contributor in a dataset: consents and grants with other ones are no longer valid. */
export async function readNonces(
  client: ClientContext,
  ref: string,
  datasetId: string,
): Promise<{ consentNonce: number; grantNonce: number }> {
  const registry = contractAt(client.chain, 'ConsentRegistry');
  const [consentNonce, grantNonce] = await readChain(() => registry.getFunction('noncesOf')(ref, datasetId));
  return { consentNonce: Number(consentNonce), grantNonce: Number(grantNonce) };
}
