import { bytesToHex, randomBytes } from '@noble/hashes/utils.js';
import {
  conditionOf,
  fromHex,
  ibeOpen,
  sealCiphertext,
  sealDataHash,
  sealIdentity,
  sealKey,
  verifyShare,
} from '@allod/protocol';
import type { EvmContractCondition, IbeCurve, KeyShare, Seal, SealedKeyRecord } from '@allod/protocol';
import { refusal } from './key-gate.port.ts';
import type { KeyGate, KeyGateHealth, KeyNetwork, KeyRefusalCode, KeyResult } from './key-gate.port.ts';
import { askBatch, blockHash, keeperHealth, summarizeHealth } from './keeper-client.ts';
import type { BatchIdentity, KeeperAnswer, Transport } from './keeper-client.ts';
import { readKeeperSet } from './keeper-registry.ts';
import type { FetchLike, KeeperEndpoint, KeeperSet } from './keeper-registry.ts';
import { createKeySession, isExpired } from './session.ts';
import { signSession } from './session-crypto.ts';
import type { KeySession, KeySigner, StartSessionOptions } from './session.ts';

export interface LightKeyGateOptions extends KeyNetwork {
  /** RPC of the user's choice, for the keeper registry. */
  rpcUrl: string;
  fetch?: FetchLike;
  /**
   * How one keeper is reached; default `fetch`. Node's entry point checks the keeper's TLS key against the registry here; a page in a
   * browser cannot see a certificate.
   */
  fetchFrom?: (keeper: KeeperEndpoint) => FetchLike;
  /** Faster curve arithmetic, loaded with the first session; default plain JavaScript. Undefined when it is not to be had; never rejects. */
  fastCurve?: () => Promise<IbeCurve | undefined>;
  /** How long a keeper may take before it counts as down. Default 10 s. */
  timeoutMs?: number;
  /** When the first keepers are slower than this, the others are asked too. Default 1.5 s. */
  hedgeMs?: number;
  /** How long the keeper set is reused. Default 60 s. */
  registryTtlMs?: number;
}

/** One sealed key on its way: what is asked, which shares came, which keepers refused. */
interface Item {
  identity: string;
  query: BatchIdentity;
  ciphertext: Uint8Array;
  shares: Map<number, KeyShare>;
  refusals: { code: KeyRefusalCode; detail: string }[];
  result?: KeyResult;
}

const MAX_BATCH = 500;
/** Batches under way at once: while the keys of one are opened, keepers answer the next. */
const BATCHES_AHEAD = 2;
/** From this many keys on, faster curve arithmetic is worth waiting for. */
const MANY_KEYS = 8;
/** Longest time without letting timers and the page run, in milliseconds. */
const SLICE_MS = 12;

/**
 * The light client: Lit's identity-based encryption in plain JavaScript and the keepers' batch endpoint. Runs in Node,
 * browsers and React Native without WebAssembly. Asks only as many keepers as it needs, and more when one is down,
 * slow, refuses or lies: a share proves itself when the key opens.
 */
export function createLightKeyGate(options: LightKeyGateOptions): KeyGate {
  return new LightKeyGate(options);
}

class LightKeyGate implements KeyGate {
  readonly networkKey: string;
  readonly #options: LightKeyGateOptions;
  readonly #fetch: FetchLike;
  #set: { at: number; value: Promise<KeeperSet> } | undefined;
  /** The faster curve arithmetic, once it is loaded. */
  #curve: IbeCurve | undefined;

  constructor(options: LightKeyGateOptions) {
    this.#options = options;
    this.networkKey = options.networkKey.toLowerCase();
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  async seal(key: Uint8Array, condition: EvmContractCondition): Promise<Seal> {
    return sealKey(this.networkKey, condition, key);
  }

  async startSession(signer: KeySigner, options: StartSessionOptions = {}): Promise<KeySession> {
    void this.#loadCurve();
    const { keepers } = await this.#keeperSet();
    const nonce = await blockHash(active(keepers), this.#transport());
    return createKeySession(signer, { ...options, nonce, chainId: this.#options.chainId });
  }

  async open(records: readonly SealedKeyRecord[], session: KeySession): Promise<KeyResult[]> {
    const set = await this.#keeperSet();
    if (isExpired(session)) return records.map(() => refusal('SESSION_EXPIRED', 'the session is over'));
    const items = records.map((record) => this.#toItem(record));
    const open = [...new Map(items.filter(isItem).map((item) => [item.identity, item])).values()];
    const curve = open.length < MANY_KEYS ? this.#curve : await this.#loadCurve();
    const batches = Array.from({ length: Math.ceil(open.length / MAX_BATCH) }, (_, i) =>
      open.slice(i * MAX_BATCH, (i + 1) * MAX_BATCH),
    ).values();
    const work = async (): Promise<void> => {
      for (const batch of batches) await this.#openBatch(batch, set, session, curve);
    };
    await Promise.all(Array.from({ length: BATCHES_AHEAD }, work));
    const results = new Map(open.map((item) => [item.identity, item.result!]));
    return items.map((item) => (isItem(item) ? results.get(item.identity)! : item));
  }

  async health(): Promise<KeyGateHealth> {
    const { keepers, threshold } = await this.#keeperSet();
    const reports = await Promise.all(active(keepers).map((keeper) => keeperHealth(keeper, this.#transport())));
    return summarizeHealth(active(keepers), threshold, reports);
  }

  async close(): Promise<void> {}

  #toItem(record: SealedKeyRecord): Item | KeyResult {
    const seal = record.seals.find((candidate) => candidate.networkKey.toLowerCase() === this.networkKey);
    if (!seal || seal.scheme !== 'lit-bls-v1') return refusal('BAD_SEALED_KEY', 'not sealed to this key network');
    if (record.chain !== this.#options.chain || record.chainId !== this.#options.chainId) {
      return refusal('BAD_SEALED_KEY', 'sealed for another chain');
    }
    try {
      const ciphertext = sealCiphertext(seal);
      const identity = sealIdentity([conditionOf(record)], seal.dataHash);
      return { identity, query: toQuery(record, seal.dataHash), ciphertext, shares: new Map(), refusals: [] };
    } catch {
      return refusal('BAD_SEALED_KEY', 'the record is malformed');
    }
  }

  async #openBatch(items: Item[], set: KeeperSet, session: KeySession, curve?: IbeCurve): Promise<void> {
    const waiting = shuffle(active(set.keepers));
    const pending = new Set<Promise<void>>();
    const breathe = breather();
    let open = items;
    const start = (count: number): void => {
      for (const keeper of waiting.splice(0, Math.max(0, count))) {
        const task = this.#ask(keeper, open, session).finally(() => pending.delete(task));
        pending.add(task);
      }
    };
    while (open.length > 0) {
      const missing = Math.max(...open.map((item) => set.threshold - item.shares.size));
      start(missing - pending.size);
      const hasEnough = ({ shares }: Item): boolean => shares.size >= set.threshold;
      if (!open.some(hasEnough)) {
        if (pending.size === 0) break;
        const inTime = await raceWithTimer(pending, waiting.length > 0 ? (this.#options.hedgeMs ?? 1500) : undefined);
        if (!inTime) start(waiting.length);
      }
      for (const item of open.filter(hasEnough)) {
        item.result = tryOpen(item, set, open, curve);
        await breathe();
      }
      const toCome = pending.size + waiting.length;
      open = open.filter((item) => !item.result && item.shares.size + toCome >= set.threshold);
    }
    for (const item of items) item.result ??= explain(item, set);
  }

  async #ask(keeper: KeeperEndpoint, items: readonly Item[], session: KeySession): Promise<void> {
    const challenge = randomBytes(32);
    const request = {
      authSig: await signSession(session, keeper.url),
      challenge: bytesToHex(challenge),
      identities: items.map((item) => item.query),
    };
    const answers = await askBatch(keeper, request, { session, challenge }, this.#transport());
    for (const [i, answer] of answers.entries()) accept(items[i]!, keeper, answer);
  }

  async #loadCurve(): Promise<IbeCurve | undefined> {
    this.#curve ??= await this.#options.fastCurve?.();
    return this.#curve;
  }

  #transport(): Transport {
    const { fetchFrom = () => this.#fetch, timeoutMs = 10_000 } = this.#options;
    return { fetchFrom, timeoutMs };
  }

  #keeperSet(): Promise<KeeperSet> {
    const ttl = this.#options.registryTtlMs ?? 60_000;
    if (!this.#set || Date.now() - this.#set.at > ttl) {
      const value = readKeeperSet(this.#options, this.#options.rpcUrl, this.#fetch);
      this.#set = { at: Date.now(), value };
      value.catch(() => (this.#set = undefined));
    }
    return this.#set.value;
  }
}

function accept(item: Item, keeper: KeeperEndpoint, answer: KeeperAnswer): void {
  if (!('share' in answer)) item.refusals.push(answer);
  else if (answer.share.index === keeper.index) item.shares.set(keeper.index, answer.share);
  else
    item.refusals.push({ code: 'INVALID_SHARE', detail: `keeper ${keeper.index} answered as ${answer.share.index}` });
}

/**
 * Opens with any t shares. When that fails, each share is checked against its keeper's commitment; a keeper that lied
 * once loses all its shares in this batch, so that the others are asked instead.
 */
function tryOpen(
  item: Item,
  { threshold, keepers }: KeeperSet,
  batch: readonly Item[],
  curve?: IbeCurve,
): KeyResult | undefined {
  if (item.shares.size < threshold) return undefined;
  const shares = [...item.shares.values()];
  const result = openWith(item, shares.slice(0, threshold), curve);
  if (result) return result;
  const isGood = ({ index, signature }: KeyShare): boolean => {
    const { commitment } = keepers.find((keeper) => keeper.index === index)!;
    return verifyShare(fromHex(commitment), item.identity, { index, signature });
  };
  const liars = shares.filter((share) => !isGood(share)).map((share) => share.index);
  if (liars.length === 0) return refusal('BAD_SEALED_KEY', 'the shares are right, the ciphertext is not');
  for (const other of batch) {
    for (const index of liars.filter((liar) => other.shares.delete(liar))) {
      other.refusals.push({ code: 'INVALID_SHARE', detail: `keeper ${index} gave a wrong share` });
    }
  }
  return tryOpen(item, { threshold, keepers }, batch, curve);
}

function openWith(item: Item, shares: KeyShare[], curve?: IbeCurve): KeyResult | undefined {
  try {
    const key = ibeOpen(item.ciphertext, shares, curve);
    if (!key) return undefined;
    if (key.length !== 32 || sealDataHash(key) !== item.query.dataHash) {
      return refusal('BAD_SEALED_KEY', 'the sealed bytes are not the key that was named');
    }
    return { ok: true, key };
  } catch {
    return undefined;
  }
}

/** The reason that enough keepers share to make opening impossible; anything less settled is UNAVAILABLE. */
function explain(item: Item, { keepers, threshold }: KeeperSet): KeyResult {
  const detail = item.refusals.map((entry) => entry.detail).join('; ') || 'no keeper answered';
  const enough = active(keepers).length - threshold + 1;
  const count = (code: KeyRefusalCode): number => item.refusals.filter((entry) => entry.code === code).length;
  const code = (['NOT_AUTHORIZED', 'SESSION_EXPIRED'] as const).find((candidate) => count(candidate) >= enough);
  return refusal(code ?? (count('INVALID_SHARE') > 0 ? 'INVALID_SHARE' : 'UNAVAILABLE'), detail);
}

function toQuery(record: SealedKeyRecord, dataHash: string): BatchIdentity {
  const { accessPolicy, datasetId, contributorRef, consentNonce, purposes, validUntil, sources } = record;
  const terms = { accessPolicy, datasetId, contributorRef, consentNonce, purposes, validUntil, sources, dataHash };
  return record.kind === 'kek'
    ? { kind: 'kek', version: record.version, ...terms }
    : { kind: 'label', packId: record.packId, ...terms };
}

const isItem = (value: Item | KeyResult): value is Item => 'identity' in value;
const active = (keepers: readonly KeeperEndpoint[]): KeeperEndpoint[] => keepers.filter((keeper) => keeper.active);
/** Lets timers and the page run, when the last time is long enough ago: opening one key takes tens of milliseconds. */
function breather(): () => Promise<void> {
  let last = Date.now();
  return async () => {
    if (Date.now() - last < SLICE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = Date.now();
  };
}

function shuffle<T>(list: T[]): T[] {
  return list
    .map((value) => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

/** True when a task ends before the timer. Tasks never reject. */
async function raceWithTimer(tasks: Iterable<Promise<void>>, ms: number | undefined): Promise<boolean> {
  const anyDone = Promise.race(tasks).then(() => true);
  if (ms === undefined) return anyDone;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
  return Promise.race([anyDone, late]).finally(() => clearTimeout(timer));
}
