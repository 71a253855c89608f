import { Interface } from 'ethers';
import { KeeperRegistryAbi } from '@allod/contracts';
import { AllodError } from '../errors/base.ts';
import type { KeyNetwork } from './key-gate.port.ts';

/** One keeper as the registry names it. */
export interface KeeperEndpoint {
  /** Shamir index: the place in the registry's list, from 1. */
  index: number;
  /** Address without trailing slash; also what a session is signed for. */
  url: string;
  /** G1 commitment to its share, 0x hex. */
  commitment: string;
  organization: string;
  active: boolean;
}

export interface KeeperSet {
  threshold: number;
  keepers: KeeperEndpoint[];
}

export type FetchLike = (url: string, init?: RequestInit) => Promise<Response>;

const registryInterface = new Interface(KeeperRegistryAbi);

/**
 * Reads the keeper set over an RPC of the user's choice. @throws AllodError REGISTRY_MISMATCH when the RPC serves
 * another chain or the registry names another network key
 */
export async function readKeeperSet(network: KeyNetwork, rpcUrl: string, fetchFn: FetchLike): Promise<KeeperSet> {
  const read = (name: string) => ({
    method: 'eth_call',
    params: [{ to: network.keeperRegistry, data: registryInterface.encodeFunctionData(name) }, 'latest'],
  });
  const calls = [{ method: 'eth_chainId', params: [] }, read('networkKey'), read('threshold'), read('getKeepers')];
  const [chainId, ...answers] = await rpc(rpcUrl, calls, fetchFn);
  if (Number(chainId) !== network.chainId) {
    throw new AllodError('REGISTRY_MISMATCH', `the RPC serves chain ${Number(chainId)}`, { details: { rpcUrl } });
  }
  const [networkKey, threshold, keepers] = answers.map((data, i) =>
    decode(['networkKey', 'threshold', 'getKeepers'][i]!, data),
  );
  if (networkKey !== network.networkKey.toLowerCase()) {
    throw new AllodError('REGISTRY_MISMATCH', 'the keeper registry names another network key', {
      details: { expected: network.networkKey, found: networkKey },
    });
  }
  return { threshold: Number(threshold), keepers: (keepers as KeeperRow[]).map(toEndpoint) };
}

interface KeeperRow {
  url: string;
  ip: bigint;
  port: bigint;
  commitment: string;
  organization: string;
  active: boolean;
}

function toEndpoint(row: KeeperRow, position: number): KeeperEndpoint {
  const { commitment, organization, active } = row;
  const url = row.url.replace(/\/+$/, '') || `http://${dotted(Number(row.ip))}:${row.port}`;
  return { index: position + 1, url, commitment, organization, active };
}

const dotted = (ip: number): string => [24, 16, 8, 0].map((shift) => (ip >>> shift) & 0xff).join('.');

function decode(name: string, data: unknown): unknown {
  try {
    return registryInterface.decodeFunctionResult(name, data as string)[0];
  } catch (cause) {
    throw new AllodError('REGISTRY_MISMATCH', 'there is no keeper registry at this address', { cause });
  }
}

async function rpc(
  url: string,
  calls: { method: string; params: unknown[] }[],
  fetchFn: FetchLike,
): Promise<unknown[]> {
  const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })));
  try {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const response = await fetchFn(url, { ...init, signal: AbortSignal.timeout(10_000) });
    const answers = (await response.json()) as { id: number; result?: unknown }[];
    return calls.map((_, id) => answers.find((answer) => answer.id === id)?.result);
  } catch (cause) {
    throw new AllodError('UNAVAILABLE', 'the RPC does not answer', { cause, details: { url } });
  }
}
