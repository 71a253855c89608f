import { AllodError } from '../errors/base.ts';
import type { KeyNetwork } from './key-gate.port.ts';
import { decodeBytes, decodeKeepers, decodeUint, type KeeperRow, viewCall } from './registry-abi.ts';
import { withDeadline } from './deadline.ts';

/** One keeper as the registry names it. */
export interface KeeperEndpoint {
  /** Shamir index: the place in the registry's list, from 1. */
  index: number;
  /** Address without trailing slash; also what a session is signed for. */
  url: string;
  /** G1 commitment to its share, 0x hex. */
  commitment: string;
  organization: string;
  /** SHA-256 of its TLS public key (SPKI), 0x hex; zeros without TLS. */
  tlsKeyHash: string;
  active: boolean;
}

export interface KeeperSet {
  threshold: number;
  keepers: KeeperEndpoint[];
}

export type FetchLike = (url: string, init?: RequestInit) => Promise<Response>;

/**
 * Reads the keeper set over an RPC of the user's choice. @throws AllodError REGISTRY_MISMATCH when the RPC serves
 * another chain or the registry names another network key
 */
export async function readKeeperSet(network: KeyNetwork, rpcUrl: string, fetchFn: FetchLike): Promise<KeeperSet> {
  const read = (name: string) => ({
    method: 'eth_call',
    params: [{ to: network.keeperRegistry, data: viewCall(name) }, 'latest'],
  });
  const calls = [{ method: 'eth_chainId', params: [] }, read('networkKey'), read('threshold'), read('getKeepers')];
  const [chainId, ...answers] = await rpc(rpcUrl, calls, fetchFn);
  if (Number(chainId) !== network.chainId) {
    throw new AllodError('REGISTRY_MISMATCH', `the RPC serves chain ${Number(chainId)}`, { details: { rpcUrl } });
  }
  const [networkKey, threshold, keepers] = [
    decode(decodeBytes, answers[0]),
    decode(decodeUint, answers[1]),
    decode(decodeKeepers, answers[2]),
  ];
  if (networkKey !== network.networkKey.toLowerCase()) {
    throw new AllodError('REGISTRY_MISMATCH', 'the keeper registry names another network key', {
      details: { expected: network.networkKey, found: networkKey },
    });
  }
  return { threshold, keepers: keepers.map(toEndpoint) };
}

function toEndpoint(row: KeeperRow, position: number): KeeperEndpoint {
  const { commitment, organization, tlsKeyHash, active } = row;
  const url = row.url.replace(/\/+$/, '') || `http://${dotted(row.ip)}:${row.port}`;
  return { index: position + 1, url, commitment, organization, tlsKeyHash, active };
}

const dotted = (ip: number): string => [24, 16, 8, 0].map((shift) => (ip >>> shift) & 0xff).join('.');

function decode<T>(read: (data: string) => T, data: unknown): T {
  try {
    return read(data as string);
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
    const answers = await withDeadline(
      10_000,
      async (signal) => (await (await fetchFn(url, { ...init, signal })).json()) as { id: number; result?: unknown }[],
    );
    return calls.map((_, id) => answers.find((answer) => answer.id === id)?.result);
  } catch (cause) {
    throw new AllodError('UNAVAILABLE', 'the RPC does not answer', { cause, details: { url } });
  }
}
