import { abis } from '@allod/contracts';
import type { Contract, ContractTransactionReceipt, ContractTransactionResponse } from 'ethers';
import { Interface, isCallException, isError } from 'ethers';
import { AllodError } from '../errors/base.ts';
import { ChainError, ContractRefusedError } from '../errors/chain.ts';

/** A mined transaction. */
export interface Transaction {
  txHash: string;
  blockNumber: number;
  gasUsed: bigint;
  receipt: ContractTransactionReceipt;
}

/** Custom errors of all our contracts: a call may be refused by a contract behind the one that was called. */
const customErrors = new Interface(
  Object.values(abis).flatMap((abi) => abi.filter(({ type }) => type === 'error')) as never,
);

/** Names a contract's custom error; anything else becomes a {@link ChainError} with its cause. */
function translate(error: unknown): unknown {
  if (error instanceof AllodError) return error;
  if (isCallException(error)) {
    const parsed = error.data ? customErrors.parseError(error.data) : null;
    if (!parsed) {
      const details = { data: error.data };
      return new ContractRefusedError('CALL_REVERTED', error.reason ?? 'the contract refused the call', {
        details,
        cause: error,
      });
    }
    const details = parsed.args.map((value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    return new ContractRefusedError(parsed.name, `the contract refused: ${parsed.name}`, { details, cause: error });
  }
  if (isError(error, 'ACTION_REJECTED'))
    return new AllodError('ACTION_REJECTED', 'the wallet said no', { cause: error });
  if (isError(error, 'INSUFFICIENT_FUNDS'))
    return new AllodError('INSUFFICIENT_FUNDS', 'the account cannot pay the gas', { cause: error });
  return new ChainError('the chain cannot be asked', { cause: error });
}

/** A read of the chain with errors in the SDK's form. */
export async function readChain<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw translate(error);
  }
}

/** Sends a contract call and waits until it is in a block. Throws {@link ContractRefusedError} or {@link ChainError}. */
export async function transact(contract: Contract, method: string, ...args: unknown[]): Promise<Transaction> {
  try {
    const sent: ContractTransactionResponse = await contract.getFunction(method).send(...args);
    const receipt = await sent.wait();
    if (!receipt) throw new ChainError('the transaction has no receipt', { details: { hash: sent.hash } });
    return { txHash: receipt.hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed, receipt };
  } catch (error) {
    throw translate(error);
  }
}

/** Arguments of the first event of that name in a transaction. */
export function eventArgs(contract: Contract, { receipt }: Transaction, name: string): Record<string, unknown> {
  for (const log of receipt.logs) {
    if (log.address.toLowerCase() !== String(contract.target).toLowerCase()) continue;
    const parsed = contract.interface.parseLog(log);
    if (parsed?.name === name) return parsed.args.toObject() as Record<string, unknown>;
  }
  throw new ChainError(`the transaction emitted no ${name}`, { details: { txHash: receipt.hash } });
}
