import { type DatasetMetadata, datasetId as deriveDatasetId, jsonBytes, jsonKeccak, rawCid } from '@allod/protocol';
import { hexlify } from 'ethers';
import { contractAt } from '../chain/contracts.ts';
import { paymentToken } from '../chain/token.ts';
import { eventArgs, transact } from '../chain/transact.ts';
import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import { type TimeoutError, UntrustedAnswerError } from '../errors/api.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';
import type { UploadError } from '../errors/upload.ts';
import { DatasetDocument } from '../graphql/generated.ts';
import { poll } from '../poll.ts';
import { putBlock } from '../upload/putBlock.ts';
import { randomBytes } from '../random.ts';

export interface CreateDatasetParameters extends Omit<DatasetMetadata, 'v' | 'type'> {
  /** Bits of `Purpose` that licenses may ask for. */
  purposes: number;
  /** Contributors' share of each purchase in basis points, 0 to 10,000. */
  contributorsBps: number;
  /** Least price of a license per 30 days, token base units. */
  floorPrice: bigint;
  /** Payment token; default the vault's. */
  token?: string;
  /** Entitlement sources; default LicenseVault and LabelEscrow. */
  sources?: readonly string[];
  /** 32 random bytes unless given; the id follows from it. */
  salt?: string;
  /** Wait until the API has seen it; default true. */
  waitForApi?: boolean;
}

export interface CreateDatasetReturnType {
  datasetId: string;
  metadataCid: string;
  schemaHash: string;
  txHash: string;
  gasUsed: bigint;
}

export type CreateDatasetErrorType =
  SignerMissingError | UploadError | ContractRefusedError | ChainError | TimeoutError;

/**
 * Creates a dataset with the wallet as curator: stores the description by CID, then registers it on chain. Immutable from then on.
 *
 * @throws UploadError; the contract's error name; `TIMEOUT` when the API does not see it (it exists all the same)
 * @example
 * const { datasetId } = await client.createDataset({
 *   name: 'Digits', description: '…', mediaType: 'image/png', schema, purposes, contributorsBps: 7000, floorPrice: 5_000_000n,
 * });
 */
export async function createDataset(
  client: ClientContext,
  parameters: CreateDatasetParameters,
): Promise<CreateDatasetReturnType> {
  const { chain } = client;
  const curator = await walletOf(client);
  const { name, description, mediaType, schema, source, purposes, contributorsBps, floorPrice } = parameters;
  const salt = parameters.salt ?? hexlify(randomBytes(32));
  const metadata: DatasetMetadata = {
    v: 1,
    type: 'allod/dataset',
    name,
    description,
    mediaType,
    schema,
    ...(source === undefined ? {} : { source }),
  };
  const block = jsonBytes(metadata);
  const metadataCid = rawCid(block).toString();
  await putBlock(client, curator, metadataCid, block);

  const registry = contractAt(chain, 'DatasetRegistry', curator.signer);
  const schemaHash = jsonKeccak(schema);
  const params = {
    schemaHash,
    purposes,
    contributorsBps,
    floorPrice,
    token: parameters.token ?? (await paymentToken(client)),
    sources: [...(parameters.sources ?? [chain.contracts.LicenseVault, chain.contracts.LabelEscrow])],
    metadataCid,
  };
  const transaction = await transact(registry, 'createDataset', params, salt);
  const expected = deriveDatasetId({
    chainId: chain.chainId,
    datasetRegistry: chain.contracts.DatasetRegistry,
    curator: curator.address,
    salt,
  });
  const { datasetId } = eventArgs(registry, transaction, 'DatasetCreated');
  if (datasetId !== expected)
    throw new UntrustedAnswerError('the registry gave another id than the protocol derives', { datasetId, expected });
  if (parameters.waitForApi !== false) {
    await poll(
      client.platform.clock,
      'the dataset at the API',
      async () => (await execute(client, DatasetDocument, { id: expected })).dataset ?? undefined,
    );
  }
  return { datasetId: expected, metadataCid, schemaHash, txHash: transaction.txHash, gasUsed: transaction.gasUsed };
}
