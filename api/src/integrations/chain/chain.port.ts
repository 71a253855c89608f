import type { ContractAddresses, ContractName } from '../../config/env.ts';

export interface ChainBlock {
  number: number;
  hash: string;
  parentHash: string;
  timestamp: number;
}

/** One decoded log. In `args` every uint is a decimal string, addresses are checksummed, tuples are objects. */
export interface ChainEvent {
  contract: ContractName;
  name: string;
  args: Record<string, unknown>;
  blockNumber: number;
  blockHash: string;
  logIndex: number;
  txHash: string;
  timestamp: number;
}

export interface CallRequest {
  contract: ContractName;
  method: string;
  args: readonly unknown[];
}

/** What the api reads from the chain. */
export abstract class ChainPort {
  abstract readonly chainId: number;
  abstract readonly addresses: ContractAddresses;

  abstract head(): Promise<number>;
  abstract block(number: number): Promise<ChainBlock | undefined>;
  /** Logs of our contracts in [from, to], in order, without timestamps of blocks that were not asked. */
  abstract events(from: number, to: number): Promise<ChainEvent[]>;
  abstract read<T>(call: CallRequest, blockTag?: number): Promise<T>;
  /** ERC-1271: asks the account's own code whether `signature` is its signature of `digest`. */
  abstract isValidSignature(account: string, digest: string, signature: string): Promise<boolean>;
  /** Chain data of a call, for the relayer. */
  abstract encode(call: CallRequest): { to: string; data: string };
}

export interface RelayedTransaction {
  hash: string;
  blockNumber: number;
  gasUsed: bigint;
}

/** Sends transactions of the operator; `key` makes a send happen once. */
export abstract class RelayPort {
  abstract readonly sender: string;
  abstract send(key: string, call: CallRequest): Promise<RelayedTransaction>;
  /** Broadcasts again what is in no block; done with a transaction once it is `confirmations` deep. */
  abstract watch(confirmations: number): Promise<void>;
}

/** The transaction was mined and reverted, or would revert: sending it again is useless. */
export class TransactionReverted extends Error {
  constructor(call: CallRequest, reason: string) {
    super(`${call.contract}.${call.method} reverted: ${reason}`);
    this.name = 'TransactionReverted';
  }
}
