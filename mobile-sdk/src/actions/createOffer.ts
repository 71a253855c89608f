import { contractAt } from '../chain/contracts.ts';
import { eventArgs, transact } from '../chain/transact.ts';
import { type ClientContext, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { ChainError, ContractRefusedError } from '../errors/chain.ts';

export interface CreateOfferParameters {
  datasetId: string;
  /** Token base units for the whole duration; at least the floor price pro rata. */
  price: bigint;
  /** Seconds. */
  duration: number;
  /** Bits of `Purpose`; never LABEL. */
  purposes: number;
  /** Users besides the licensee itself. Default 0. */
  seats?: number;
  /** Hash of the license terms text. */
  termsHash: string;
}

export interface CreateOfferReturnType {
  offerIndex: number;
  txHash: string;
  gasUsed: bigint;
}

export type CreateOfferErrorType = SignerMissingError | ContractRefusedError | ChainError;

/**
 * Adds an offer to the wallet's dataset. Immutable but for `active`.
 *
 * @throws the contract's error name, for example `DatasetRegistryBelowFloor`
 * @example
 * const { offerIndex } = await client.createOffer({ datasetId, price: 30_000_000n, duration: 30 * 86_400, purposes, termsHash });
 */
export async function createOffer(
  client: ClientContext,
  parameters: CreateOfferParameters,
): Promise<CreateOfferReturnType> {
  const { datasetId, price, duration, purposes, seats = 0, termsHash } = parameters;
  const registry = contractAt(client.chain, 'DatasetRegistry', (await walletOf(client)).signer);
  const transaction = await transact(registry, 'createOffer', datasetId, {
    price,
    duration,
    purposes,
    seats,
    termsHash,
  });
  const { offerIndex } = eventArgs(registry, transaction, 'OfferCreated');
  return { offerIndex: Number(offerIndex), txHash: transaction.txHash, gasUsed: transaction.gasUsed };
}
