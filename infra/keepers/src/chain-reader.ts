import { Interface } from 'ethers';
import type { AccessQuery } from './conditions.ts';
import type { JsonRpc, RpcCall, RpcResult } from './json-rpc.ts';
import { accessPolicyAbi } from './access-policy.ts';
import { Refusal } from './refusal.ts';
import type { SessionChain } from './session.ts';
import { decide } from './verdict.ts';
import type { Answer, Verdict } from './verdict.ts';

export interface ChainReaderOptions {
  rpcs: readonly JsonRpc[];
  chainId: number;
  accessPolicy: string;
  /** Depth of the confirmed block below the lowest head. */
  confirmations: number;
  /** RPC heads may differ by this many blocks. */
  maxHeadLag: number;
  /** A head older than this is stale; 0 switches the check off (a quiet development chain). */
  maxHeadAgeSeconds: number;
  /** How old the block named in a session's nonce may be when the session is issued. */
  nonceMaxAgeSeconds: number;
  /** How long a head is reused for choosing the confirmed block; `latest` is always asked anew. */
  headTtlMs: number;
  now?: () => number;
}

export interface Heads {
  /** When they were read, ms since 1970. */
  at: number;
  latest: number;
  /** Seconds since 1970 of the older of the latest blocks. */
  latestTime: number;
  confirmed: number;
  confirmedHash: string;
}

interface Block {
  number: number;
  hash: string;
  timestamp: number;
}

/** A call of the plan: which queries it answers, and how to read its result. */
interface PlannedCall {
  data: string;
  queries: number[];
  decode: (data: string) => boolean[];
}

const policy = new Interface(accessPolicyAbi);
const erc1271 = new Interface(['function isValidSignature(bytes32,bytes) view returns (bytes4)']);
const ERC1271_MAGIC = '0x1626ba7e';
/** Enough for passkey wallets that verify P-256 in Solidity; a wallet that burns more does not burn our RPC budget. */
const ERC1271_GAS = hex(1_000_000);
const BATCH_ENTRIES = 500;

/** Asks several RPCs the same question and answers only when they agree. Fails closed. */
export class ChainReader implements SessionChain {
  readonly #options: ChainReaderOptions;
  readonly #now: () => number;
  #heads: Heads | undefined;
  #headsInFlight: Promise<Heads> | undefined;
  #ready = false;
  #readyInFlight: Promise<void> | undefined;

  constructor(options: ChainReaderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** @throws Refusal NOT_READY until every RPC is on the right chain and the policy is callable at the confirmed block */
  async assertReady(): Promise<void> {
    if (this.#ready) return;
    await (this.#readyInFlight ??= this.#checkReady().finally(() => (this.#readyInFlight = undefined)));
  }

  async #checkReady(): Promise<void> {
    const heads = await this.heads();
    const calls = [
      { method: 'eth_chainId', params: [] },
      { method: 'eth_getCode', params: [this.#options.accessPolicy, hex(heads.confirmed)] },
    ];
    for (const [i, results] of (await this.#all(calls)).entries()) {
      const [chainId, code] = results.map(valueOf);
      const { name } = this.#options.rpcs[i]!;
      if (Number(chainId) !== this.#options.chainId) throw new Refusal('NOT_READY', `${name} serves another chain`);
      if (typeof code !== 'string' || code === '0x') {
        throw new Refusal('NOT_READY', `the access policy is not deployed at block ${heads.confirmed} of ${name}`);
      }
    }
    this.#ready = true;
  }

  /** The heads that were read last, however old. */
  get lastHeads(): Heads | undefined {
    return this.#heads;
  }

  /** The confirmed block, the same on every RPC; its hash serves clients as nonce. */
  async heads(): Promise<Heads> {
    if (this.#heads && this.#now() - this.#heads.at < this.#options.headTtlMs) return this.#heads;
    this.#headsInFlight ??= this.#readHeads().finally(() => (this.#headsInFlight = undefined));
    return this.#headsInFlight;
  }

  /** One verdict per query, in order. Key queries of one dataset share one `canDecryptMany` per block. */
  async evaluate(account: string, queries: readonly AccessQuery[]): Promise<Verdict[]> {
    await this.assertReady();
    const { confirmed } = await this.heads();
    const plan = planCalls(account, queries);
    const tags = ['latest', hex(confirmed)];
    const calls = tags.flatMap((tag) => plan.map((call) => this.#ethCall(this.#options.accessPolicy, call.data, tag)));
    const perRpc = (await this.#all(calls)).map((results) => readAnswers(plan, results, queries.length));
    return queries.map((_, query) => decide(perRpc.map((answers) => answers[query]!)));
  }

  async isRecentBlock(hash: string, issuedAt: Date): Promise<boolean> {
    const { confirmed } = await this.heads();
    const found = await this.#all([{ method: 'eth_getBlockByHash', params: [hash, false] }]);
    const numbers = found.map(([result]) => toBlock(valueOf(result!)));
    const [first] = numbers;
    if (!first || numbers.some((block) => block?.number !== first.number)) return false;
    const canonical = await this.#all([{ method: 'eth_getBlockByNumber', params: [hex(first.number), false] }]);
    if (canonical.some(([result]) => toBlock(valueOf(result!))?.hash !== hash)) return false;
    const isYoung = issuedAt.getTime() / 1000 - first.timestamp <= this.#options.nonceMaxAgeSeconds;
    return isYoung || first.number >= confirmed;
  }

  async isValidContractSignature(account: string, digest: string, signature: string): Promise<boolean> {
    const data = erc1271.encodeFunctionData('isValidSignature', [digest, signature]);
    const call = { method: 'eth_call', params: [{ to: account, data, gas: ERC1271_GAS }, 'latest'] };
    const answers = await this.#all([call]);
    return answers.every(([result]) => {
      const value = valueOf(result!);
      return typeof value === 'string' && value.length === 66 && value.startsWith(ERC1271_MAGIC);
    });
  }

  async #readHeads(): Promise<Heads> {
    const { maxHeadAgeSeconds, maxHeadLag, confirmations } = this.#options;
    const latest = await this.#blocks('latest');
    const numbers = latest.map((block) => block.number);
    const [lowest, highest] = [Math.min(...numbers), Math.max(...numbers)];
    if (highest - lowest > maxHeadLag) throw new Refusal('RPC_STALE', `heads differ by ${highest - lowest} blocks`);
    const oldest = Math.min(...latest.map((block) => block.timestamp));
    if (maxHeadAgeSeconds > 0 && this.#now() / 1000 - oldest > maxHeadAgeSeconds) {
      throw new Refusal('RPC_STALE', 'the head of an RPC is too old');
    }
    if (lowest < confirmations) throw new Refusal('NOT_READY', 'the chain has no confirmed block yet');
    const confirmed = lowest - confirmations;
    const hashes = new Set((await this.#blocks(hex(confirmed))).map((block) => block.hash));
    if (hashes.size !== 1) throw new Refusal('RPC_DISAGREEMENT', `RPCs show different blocks at ${confirmed}`);
    this.#heads = { at: this.#now(), latest: lowest, latestTime: oldest, confirmed, confirmedHash: [...hashes][0]! };
    return this.#heads;
  }

  async #blocks(tag: string): Promise<Block[]> {
    const results = await this.#all([{ method: 'eth_getBlockByNumber', params: [tag, false] }]);
    return results.map(([result], i) => {
      const block = toBlock(valueOf(result!));
      if (!block) throw new Refusal('RPC_FAULT', `${this.#options.rpcs[i]!.name} has no block ${tag}`);
      return block;
    });
  }

  #ethCall(to: string, data: string, tag: string): RpcCall {
    return { method: 'eth_call', params: [{ to, data }, tag] };
  }

  #all(calls: readonly RpcCall[]): Promise<RpcResult[][]> {
    return Promise.all(this.#options.rpcs.map((rpc) => rpc.batch(calls)));
  }
}

/** Groups key queries by dataset into `canDecryptMany`; label queries stay single. */
export function planCalls(account: string, queries: readonly AccessQuery[]): PlannedCall[] {
  const groups = new Map<string, number[]>();
  const plan: PlannedCall[] = [];
  for (const [i, query] of queries.entries()) {
    if (query.kind === 'kek') {
      const group = groups.get(query.datasetId) ?? [];
      groups.set(query.datasetId, [...group, i]);
    } else {
      const { datasetId, contributorRef, consentNonce, purposes, validUntil, packId, sources } = query;
      const args = [account, datasetId, contributorRef, consentNonce, purposes, validUntil, packId, sources];
      plan.push({ data: policy.encodeFunctionData('canLabel', args), queries: [i], decode: decodeOne('canLabel') });
    }
  }
  for (const [datasetId, members] of groups) {
    for (let from = 0; from < members.length; from += BATCH_ENTRIES) {
      const part = members.slice(from, from + BATCH_ENTRIES);
      const entries = part.map((i) => toEntry(queries[i]!));
      const data = policy.encodeFunctionData('canDecryptMany', [account, datasetId, entries]);
      plan.push({ data, queries: part, decode: (raw) => [...policy.decodeFunctionResult('canDecryptMany', raw)[0]] });
    }
  }
  return plan;
}

function toEntry(query: AccessQuery): unknown[] {
  if (query.kind !== 'kek') throw new TypeError('not a key query');
  const { version, contributorRef, consentNonce, purposes, validUntil, sources } = query;
  return [version, contributorRef, consentNonce, purposes, validUntil, sources];
}

const decodeOne = (name: string) => (raw: string) => [policy.decodeFunctionResult(name, raw)[0] as boolean];

/** Results of one RPC: first every call at `latest`, then every call at the confirmed block. */
function readAnswers(plan: readonly PlannedCall[], results: readonly RpcResult[], total: number): Answer[] {
  const answers: Answer[] = Array.from({ length: total }, () => ({ latest: undefined, confirmed: undefined }));
  for (const [i, call] of plan.entries()) {
    const latest = decodeResult(call, results[i]);
    const confirmed = decodeResult(call, results[plan.length + i]);
    for (const [k, query] of call.queries.entries()) {
      answers[query] = { latest: latest?.[k], confirmed: confirmed?.[k] };
    }
  }
  return answers;
}

function decodeResult(call: PlannedCall, result: RpcResult | undefined): boolean[] | undefined {
  const value = result && valueOf(result);
  if (typeof value !== 'string') return undefined;
  try {
    const decoded = call.decode(value);
    return decoded.length === call.queries.length ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function toBlock(value: unknown): Block | undefined {
  const { number, hash, timestamp } = (value ?? {}) as { number?: string; hash?: string; timestamp?: string };
  return number && hash && timestamp ? { number: Number(number), hash, timestamp: Number(timestamp) } : undefined;
}

const valueOf = (result: RpcResult): unknown => (result.ok ? result.value : undefined);
function hex(quantity: number): string {
  return `0x${quantity.toString(16)}`;
}
