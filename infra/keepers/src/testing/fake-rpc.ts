import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Interface, keccak256, toUtf8Bytes } from 'ethers';
import { accessPolicyAbi } from '../access-policy.ts';

const policy = new Interface(accessPolicyAbi);

/** What a fake RPC believes. Tests change it at will; each RPC has its own. */
export interface FakeChain {
  chainId: number;
  head: number;
  /** Distinguishes forks: part of every block hash from `forkAt` on. */
  fork: string;
  forkAt: number;
  /** Seconds since 1970 of the head; earlier blocks are 2 s apart. */
  headTime: number;
  deployed: boolean;
  /** `block` is the number that the tag stands for. */
  allows: (
    user: string,
    args: { datasetId: string; contributorRef: string; version?: bigint; packId?: string },
    block: number,
  ) => boolean;
  fault: 'none' | 'down' | 'silent' | 'call-error' | 'garbage';
}

export const newFakeChain = (changes: Partial<FakeChain> = {}): FakeChain => ({
  chainId: 31337,
  head: 20,
  fork: '',
  forkAt: 0,
  headTime: Math.floor(Date.now() / 1000),
  deployed: true,
  allows: () => true,
  fault: 'none',
  ...changes,
});

export const blockHashOf = (chain: FakeChain, number: number): string =>
  keccak256(toUtf8Bytes(`block ${number} ${number >= chain.forkAt ? chain.fork : ''}`));

/** A JSON-RPC server over a `FakeChain`, with the handful of methods that a keeper uses. */
export async function startFakeRpc(
  chain: FakeChain,
): Promise<{ url: string; server: Server; calls: string[]; batches: number[] }> {
  const calls: string[] = [];
  const batches: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (chain.fault === 'down') return void request.socket.destroy();
      if (chain.fault === 'silent') return;
      if (chain.fault === 'garbage') return void response.end('<html>');
      const batch = JSON.parse(Buffer.concat(chunks).toString()) as { id: number; method: string; params: unknown[] }[];
      batches.push(batch.length);
      calls.push(...batch.map(({ method }) => method));
      const answers = batch.map(({ id, method, params }) => ({ jsonrpc: '2.0', id, ...answer(chain, method, params) }));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, calls, batches };
}

function answer(
  chain: FakeChain,
  method: string,
  params: unknown[],
): { result: unknown } | { error: { message: string } } {
  const number = (tag: unknown): number => (tag === 'latest' ? chain.head : Number(tag));
  switch (method) {
    case 'eth_chainId':
      return { result: `0x${chain.chainId.toString(16)}` };
    case 'eth_getCode':
      return { result: chain.deployed ? '0x60' : '0x' };
    case 'eth_getBlockByNumber':
      return { result: block(chain, number(params[0])) };
    case 'eth_getBlockByHash': {
      const found = Array.from({ length: chain.head + 1 }, (_, i) => i).find(
        (i) => blockHashOf(chain, i) === params[0],
      );
      return { result: found === undefined ? null : block(chain, found) };
    }
    case 'eth_call':
      if (chain.fault === 'call-error') return { error: { message: 'execution reverted' } };
      return { result: call(chain, params[0] as { data: string }, number(params[1])) };
    default:
      return { error: { message: `unknown method ${method}` } };
  }
}

function block(chain: FakeChain, number: number): object | null {
  if (number > chain.head) return null;
  const timestamp = chain.headTime - 2 * (chain.head - number);
  return {
    number: `0x${number.toString(16)}`,
    hash: blockHashOf(chain, number),
    timestamp: `0x${timestamp.toString(16)}`,
  };
}

function call(chain: FakeChain, { data }: { data: string }, blockNumber: number): string {
  const parsed = policy.parseTransaction({ data });
  if (!parsed) return '0x';
  const { user, datasetId } = parsed.args as unknown as { user: string; datasetId: string };
  if (parsed.name === 'canLabel') {
    const { contributorRef, packId } = parsed.args as unknown as { contributorRef: string; packId: string };
    return policy.encodeFunctionResult('canLabel', [
      chain.allows(user, { datasetId, contributorRef, packId }, blockNumber),
    ]);
  }
  const entries = parsed.args[2] as { contributorRef: string; version: bigint }[];
  const answers = entries.map(({ contributorRef, version }) =>
    chain.allows(user, { datasetId, contributorRef, version }, blockNumber),
  );
  return policy.encodeFunctionResult('canDecryptMany', [answers]);
}
