import { abis } from '@allod/contracts';
import { Contract, FallbackProvider, Interface, JsonRpcProvider, isCallException } from 'ethers';
import type { AbstractProvider, InterfaceAbi, Log, Result } from 'ethers';
import type { ContractAddresses, ContractName, Env } from '../../config/env.ts';
import { ChainPort } from './chain.port.ts';
import type { CallRequest, ChainBlock, ChainEvent } from './chain.port.ts';

const ERC1271 = new Interface(['function isValidSignature(bytes32,bytes) view returns (bytes4)']);
const MAGIC = '0x1626ba7e';

/** Decimal strings instead of bigint, objects instead of named tuples: what JSON columns keep. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (!Array.isArray(value)) return value;
  const result = value as unknown as Result;
  if (typeof result.toObject === 'function') {
    const named = namesOf(result);
    if (named) return Object.fromEntries(Object.entries(named).map(([key, item]) => [key, plain(item)]));
  }
  return [...value].map(plain);
}

function namesOf(result: Result): Record<string, unknown> | undefined {
  try {
    const named = result.toObject();
    return Object.keys(named).length === result.length && !('_' in named) && result.length > 0 ? named : undefined;
  } catch {
    return undefined;
  }
}

export class EthersChain extends ChainPort {
  readonly chainId: number;
  readonly addresses: ContractAddresses;
  readonly provider: AbstractProvider;
  private readonly contracts = new Map<ContractName, Contract>();
  private readonly byAddress = new Map<string, ContractName>();

  constructor(env: Pick<Env, 'CHAIN_ID' | 'CONTRACTS' | 'CHAIN_RPC_URLS'>) {
    super();
    this.chainId = env.CHAIN_ID;
    this.addresses = env.CONTRACTS;
    const urls = env.CHAIN_RPC_URLS.map(
      (url) => new JsonRpcProvider(url, env.CHAIN_ID, { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 20 }),
    );
    this.provider = urls.length === 1 ? urls[0]! : new FallbackProvider(urls, env.CHAIN_ID, { quorum: 1 });
    for (const [name, address] of Object.entries(env.CONTRACTS) as [ContractName, string][]) {
      const abi = (abis as unknown as Record<string, InterfaceAbi>)[name];
      if (!abi) continue;
      this.contracts.set(name, new Contract(address, abi, this.provider));
      this.byAddress.set(address.toLowerCase(), name);
    }
  }

  head(): Promise<number> {
    return this.provider.getBlockNumber();
  }

  async block(number: number): Promise<ChainBlock | undefined> {
    const block = await this.provider.getBlock(number);
    if (!block?.hash) return undefined;
    return { number: block.number, hash: block.hash, parentHash: block.parentHash, timestamp: block.timestamp };
  }

  async events(from: number, to: number): Promise<ChainEvent[]> {
    const filter = { fromBlock: from, toBlock: to, address: [...this.byAddress.keys()] };
    const logs = await this.provider.getLogs(filter as never);
    return logs.flatMap((log) => this.decode(log) ?? []);
  }

  private decode(log: Log): ChainEvent | undefined {
    const contract = this.byAddress.get(log.address.toLowerCase());
    const parsed = contract && this.contract(contract).interface.parseLog(log);
    if (!contract || !parsed) return undefined;
    return {
      contract,
      name: parsed.name,
      args: (plain(parsed.args) ?? {}) as Record<string, unknown>,
      blockNumber: log.blockNumber,
      blockHash: log.blockHash,
      logIndex: log.index,
      txHash: log.transactionHash,
      timestamp: 0,
    };
  }

  async read<T>(call: CallRequest, blockTag?: number): Promise<T> {
    const method = this.contract(call.contract).getFunction(call.method);
    return (await method.staticCall(...call.args, ...(blockTag === undefined ? [] : [{ blockTag }]))) as T;
  }

  async isValidSignature(account: string, digest: string, signature: string): Promise<boolean> {
    if ((await this.provider.getCode(account)) === '0x') return false;
    try {
      const data = ERC1271.encodeFunctionData('isValidSignature', [digest, signature]);
      return (await this.provider.call({ to: account, data })).startsWith(MAGIC);
    } catch (error) {
      if (isCallException(error)) return false;
      throw error;
    }
  }

  encode(call: CallRequest): { to: string; data: string } {
    const contract = this.contract(call.contract);
    return { to: String(contract.target), data: contract.interface.encodeFunctionData(call.method, call.args) };
  }

  contract(name: ContractName): Contract {
    const contract = this.contracts.get(name);
    if (!contract) throw new Error(`Contract ${name} is not configured`);
    return contract;
  }
}
