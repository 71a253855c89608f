import { abis } from '@allod/contracts';
import { AbstractProvider, Interface, Network, type PerformActionRequest, toBeHex } from 'ethers';
import type { ContractAddresses } from '../chain/chain.ts';

type ContractName = keyof typeof abis & keyof ContractAddresses;

/** Answers of contracts by `Contract.function`; what is missing reverts. */
export type Views = Record<string, (...args: unknown[]) => unknown>;

/** An event that the chain once emitted. */
export interface FakeEvent {
  contract: ContractName;
  name: string;
  args: unknown[];
  blockNumber: number;
}

export const CHAIN_ID = 31337;

/** Addresses of a deployment that does not exist. */
export const contracts: ContractAddresses = {
  DatasetRegistry: address(1),
  ConsentRegistry: address(2),
  ContributionRegistry: address(3),
  LicenseVault: address(4),
  LabelEscrow: address(5),
  AccessPolicy: address(6),
  KeeperRegistry: address(7),
  TestUSD: address(8),
};

function address(n: number): string {
  return toBeHex(BigInt(`0x${'c0de'.repeat(9)}`) + BigInt(n), 20);
}

/** A chain in memory: view functions are plain functions, ABI encoding is real. It takes no transactions. */
export class FakeChain extends AbstractProvider {
  readonly views: Views;
  readonly events: FakeEvent[] = [];

  constructor(views: Views = {}) {
    super(new Network('fake', CHAIN_ID), { cacheTimeout: -1 });
    this.views = views;
  }

  override async _detectNetwork(): Promise<Network> {
    return new Network('fake', CHAIN_ID);
  }

  override async _perform<T>(request: PerformActionRequest): Promise<T> {
    if (request.method === 'chainId') return CHAIN_ID as T;
    if (request.method === 'call')
      return this.#call(String(request.transaction.to), String(request.transaction.data)) as T;
    if (request.method === 'getLogs')
      return this.#logs(request.filter as { address: string; topics: (string | null)[] }) as T;
    throw new Error(`the fake chain does not ${request.method}`);
  }

  #call(to: string, data: string): string {
    const [name] = Object.entries(contracts).find(([, at]) => at.toLowerCase() === to.toLowerCase()) as [
      ContractName,
      string,
    ];
    const abi = new Interface(abis[name] as never);
    const call = abi.parseTransaction({ data });
    const view = call ? this.views[`${name}.${call.name}`] : undefined;
    if (!call || !view) throw new Error(`no view ${name}.${call?.name}`);
    const result = view(...call.args.toArray());
    const single = call.fragment.outputs.length === 1;
    return abi.encodeFunctionResult(call.fragment, single ? [result] : (result as unknown[]));
  }

  #logs({ address: at, topics }: { address: string; topics: (string | null)[] }): object[] {
    return this.events.flatMap((event, i) => {
      const abi = new Interface(abis[event.contract] as never);
      const { data, topics: own } = abi.encodeEventLog(event.name, event.args);
      const fits =
        contracts[event.contract]?.toLowerCase() === at.toLowerCase() &&
        topics.every((topic, k) => topic === null || topic === own[k]);
      const hash = toBeHex(i + 1, 32);
      return fits
        ? [
            {
              address: at,
              topics: own,
              data,
              blockNumber: event.blockNumber,
              blockHash: hash,
              transactionHash: hash,
              transactionIndex: 0,
              index: 0,
              removed: false,
            },
          ]
        : [];
    });
  }
}
