import type { ClientContext } from '../context.ts';
import { AllodError } from '../errors/base.ts';
import { contractAt } from './contracts.ts';
import { readChain } from './transact.ts';

/** A version as the chain knows it. */
export interface ChainVersion {
  number: number;
  manifestCid: string;
  contributorRoot: bigint;
  otherRoot: bigint;
  /** Unix seconds; the end of the review window. */
  opensAt: number;
  parent: number;
  objected: boolean;
  isOpen: boolean;
}

/**
 * A version from the registry, its manifest CID from the event of the block that published it. Without a number the newest
 * that is open. Throws `UNKNOWN_VERSION`.
 */
export async function readVersion(client: ClientContext, datasetId: string, wanted?: number): Promise<ChainVersion> {
  const registry = contractAt(client.chain, 'DatasetRegistry');
  const number = wanted ?? (await newestOpen(client, datasetId));
  const unknown = new AllodError('UNKNOWN_VERSION', 'the chain knows no such version', {
    details: { datasetId, version: number },
  });
  const [version, isOpen] = await readChain(() =>
    Promise.all([
      registry.getFunction('getVersion')(datasetId, number),
      registry.getFunction('isOpen')(datasetId, number),
    ]),
  ).catch((error: unknown) => {
    throw error instanceof AllodError && error.code === 'DatasetRegistryUnknownVersion' ? unknown : error;
  });
  const publishedBlock = Number(version.publishedBlock);
  if (publishedBlock === 0) throw unknown;
  const filter = registry.getEvent('VersionPublished')(datasetId, number);
  const [event] = await readChain(() => registry.queryFilter(filter, publishedBlock, publishedBlock));
  const parsed = event ? registry.interface.parseLog(event) : null;
  if (!parsed) throw unknown;
  return {
    number,
    manifestCid: parsed.args.getValue('manifestCid') as string,
    contributorRoot: version.contributorRoot,
    otherRoot: version.otherRoot,
    opensAt: Number(version.opensAt),
    parent: Number(version.parent),
    objected: version.objected,
    isOpen,
  };
}

async function newestOpen(client: ClientContext, datasetId: string): Promise<number> {
  const registry = contractAt(client.chain, 'DatasetRegistry');
  const latest = Number(await readChain<bigint>(() => registry.getFunction('latestVersion')(datasetId)));
  for (let number = latest; number > 0; number--) {
    if (await readChain<boolean>(() => registry.getFunction('isOpen')(datasetId, number))) return number;
  }
  throw new AllodError('UNKNOWN_VERSION', 'no version of this dataset is open', { details: { datasetId } });
}
