import { KeeperRegistryAbi } from '@allod/contracts';
import { conditionOf, sealDataHash } from '@allod/protocol';
import type { EvmContractCondition, Seal, SealedKeyRecord } from '@allod/protocol';
import { AllodError } from '../errors/base.ts';
import { keeperHealth, summarizeHealth, toRefusalCode } from './keeper-client.ts';
import type { Transport } from './keeper-client.ts';
import { refusal } from './key-gate.port.ts';
import type { KeyGate, KeyGateHealth, KeyNetwork, KeyRefusalCode, KeyResult } from './key-gate.port.ts';
import { readKeeperSet } from './keeper-registry.ts';
import type { KeeperEndpoint, KeeperSet } from './keeper-registry.ts';
import { withoutKeyLeak } from './lit-console.ts';
import { signForKeeper } from './session-sync.ts';
import { createKeySession, isExpired } from './session.ts';
import type { KeySession, KeySigner, SessionSig, StartSessionOptions } from './session.ts';

export interface LitSdkKeyGateOptions extends KeyNetwork {
  /** RPC of the user's choice, for the keeper registry; the Lit SDK reads the same one. */
  rpcUrl: string;
  timeoutMs?: number;
}

/** The part of `LitNodeClient` 7.4.0 that is used, three internals included; the tests run it against the package. */
interface LitClient {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  getLatestBlockhash(): Promise<string>;
  encrypt(params: { evmContractConditions: EvmContractCondition[]; dataToEncrypt: Uint8Array }): Promise<{
    ciphertext: string;
    dataToEncryptHash: string;
  }>;
  decrypt(params: {
    evmContractConditions: EvmContractCondition[];
    chain: string;
    ciphertext: string;
    dataToEncryptHash: string;
    sessionSigs: Record<string, SessionSig>;
  }): Promise<{ decryptedData: Uint8Array }>;
  connectedNodes: Set<string>;
  subnetPubKey: string | null;
  /** Where the client looks for a recent block hash; the default is a hosted service. */
  _blockHashUrl: string;
  /** Reads the node list; the default knows IPv4 addresses only. */
  _getValidatorData(): Promise<{ bootstrapUrls: string[]; minNodeCount: number }>;
  /** Its ethers v5 provider leaves a timer behind that would hold the process for four seconds. */
  _stakingContract: { provider?: { _bootstrapPoll?: ReturnType<typeof setTimeout> } } | null;
}

interface Connection {
  client: LitClient;
  set: KeeperSet;
}

/** Our refusal for each of the keepers' codes in Lit's spelling. */
const LIT_CODES: Record<string, string> = {
  NodeAccessControlConditionsReturnedNotAuthorized: 'NOT_AUTHORIZED',
  NodeConditionNotAccepted: 'CONDITION_REFUSED',
  NodeInvalidAuthSig: 'SESSION_INVALID',
  NodeAuthSigExpired: 'SESSION_EXPIRED',
  NodeSessionSigNotForNode: 'SESSION_NOT_FOR_NODE',
  NodeSessionSigNotForResource: 'SESSION_SCOPE',
};

/**
 * The genuine Lit SDK (`@lit-protocol/lit-node-client` 7.4.0, unpatched) against our keepers. Its hazards are handled
 * here: the decryption key that it prints, its hosted look-ups, one dead keeper that fails `connect`, a lying keeper
 * that fails `decrypt`, addresses without host names, and polling that goes on until `close`.
 */
export function createLitSdkKeyGate(options: LitSdkKeyGateOptions): KeyGate {
  return new LitSdkKeyGate(options);
}

class LitSdkKeyGate implements KeyGate {
  readonly networkKey: string;
  readonly #options: LitSdkKeyGateOptions;
  readonly #transport: Transport;
  #connection: Promise<Connection> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  /** A keeper could not be reached: the next call connects anew. */
  #isLost = false;

  constructor(options: LitSdkKeyGateOptions) {
    this.#options = options;
    this.networkKey = options.networkKey.toLowerCase();
    this.#transport = { fetchFrom: () => (url, init) => fetch(url, init), timeoutMs: options.timeoutMs ?? 10_000 };
  }

  async seal(key: Uint8Array, condition: EvmContractCondition): Promise<Seal> {
    if (key.length !== 32) throw new RangeError('only 32-byte keys are sealed');
    const { client } = await this.#connect();
    const { ciphertext, dataToEncryptHash } = await client.encrypt({
      evmContractConditions: [condition],
      dataToEncrypt: key,
    });
    return { scheme: 'lit-bls-v1', networkKey: this.networkKey, dataHash: dataToEncryptHash, ciphertext };
  }

  async startSession(signer: KeySigner, options: StartSessionOptions = {}): Promise<KeySession> {
    const { client } = await this.#connect();
    const nonce = await client.getLatestBlockhash();
    return createKeySession(signer, { ...options, nonce, chainId: this.#options.chainId });
  }

  /** One call after the other: the SDK's node set is changed while one record is opened. */
  async open(records: readonly SealedKeyRecord[], session: KeySession): Promise<KeyResult[]> {
    const turn = this.#lastTurn.then(() => this.#openAll(records, session));
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async health(): Promise<KeyGateHealth> {
    const { keepers, threshold } = await this.#readSet();
    const active = keepers.filter((keeper) => keeper.active);
    const reports = await Promise.all(active.map((keeper) => keeperHealth(keeper, this.#transport)));
    return summarizeHealth(active, threshold, reports);
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.then(({ client }) => disconnect(client)).catch(() => undefined);
  }

  async #openAll(records: readonly SealedKeyRecord[], session: KeySession): Promise<KeyResult[]> {
    const { client, set } = await this.#connect();
    const results: KeyResult[] = [];
    for (const record of records) results.push(await this.#openOne(client, set, record, session));
    if (this.#isLost) await this.close();
    this.#isLost = false;
    return results;
  }

  async #openOne(
    client: LitClient,
    { threshold }: KeeperSet,
    record: SealedKeyRecord,
    session: KeySession,
  ): Promise<KeyResult> {
    if (isExpired(session)) return refusal('SESSION_EXPIRED', 'the session is over');
    const seal = record.seals.find((candidate) => candidate.networkKey.toLowerCase() === this.networkKey);
    if (!seal || seal.scheme !== 'lit-bls-v1') return refusal('BAD_SEALED_KEY', 'not sealed to this key network');
    if (record.chain !== this.#options.chain || record.chainId !== this.#options.chainId) {
      return refusal('BAD_SEALED_KEY', 'sealed for another chain');
    }
    const all = [...client.connectedNodes];
    const first = await this.#decryptWith(client, all, record, seal, session);
    if (first.ok || first.code !== 'INVALID_SHARE') return first;
    for (const nodes of subsets(all, threshold)) {
      const result = await this.#decryptWith(client, nodes, record, seal, session);
      if (result.ok) return result;
    }
    return first;
  }

  async #decryptWith(
    client: LitClient,
    nodes: readonly string[],
    record: SealedKeyRecord,
    seal: Seal,
    session: KeySession,
  ): Promise<KeyResult> {
    const before = client.connectedNodes;
    client.connectedNodes = new Set(nodes);
    try {
      const { decryptedData } = await withoutKeyLeak(() =>
        client.decrypt({
          evmContractConditions: [conditionOf(record)],
          chain: record.chain,
          ciphertext: seal.ciphertext,
          dataToEncryptHash: seal.dataHash,
          sessionSigs: Object.fromEntries(nodes.map((node) => [node, signForKeeper(session, node)])),
        }),
      );
      const key = Uint8Array.from(decryptedData);
      if (key.length === 32 && sealDataHash(key) === seal.dataHash) return { ok: true, key };
      return refusal('BAD_SEALED_KEY', 'the sealed bytes are not the key that was named');
    } catch (error) {
      this.#isLost ||= isUnreachable(error);
      return toResult(error);
    } finally {
      client.connectedNodes = before;
    }
  }

  async #connect(): Promise<Connection> {
    this.#connection ??= this.#newConnection();
    this.#connection.catch(() => (this.#connection = undefined));
    return this.#connection;
  }

  async #newConnection(): Promise<Connection> {
    const { rpcUrl, keeperRegistry, timeoutMs } = this.#options;
    const { LitNodeClient } = (await import('@lit-protocol/lit-node-client')) as unknown as {
      LitNodeClient: new (config: Record<string, unknown>) => LitClient;
    };
    const client = new LitNodeClient({
      litNetwork: 'custom',
      debug: false,
      rpcUrl,
      checkNodeAttestation: false,
      connectTimeout: timeoutMs ?? 10_000,
      contractContext: { Staking: { address: keeperRegistry, abi: KeeperRegistryAbi } },
    });
    let set = await this.#readSet();
    const readList = client._getValidatorData.bind(client);
    client._getValidatorData = async () => {
      set = await this.#readSet();
      const alive = await this.#alive(set.keepers);
      if (alive.length < set.threshold) {
        throw new AllodError('UNAVAILABLE', `${alive.length} of ${set.threshold} needed keepers are ready`);
      }
      client._blockHashUrl = `${alive[0]!.url}/allod/v1/block`;
      return { ...(await readList()), bootstrapUrls: alive.map((keeper) => keeper.url) };
    };
    await client.connect();
    if (`0x${client.subnetPubKey}` !== this.networkKey) {
      await disconnect(client);
      throw new AllodError('REGISTRY_MISMATCH', 'the keepers serve another network key');
    }
    return { client, set };
  }

  /** The SDK fails to connect when one listed keeper is down, so only those that answer are listed to it. */
  async #alive(keepers: readonly KeeperEndpoint[]): Promise<KeeperEndpoint[]> {
    const active = keepers.filter((keeper) => keeper.active);
    const transport = { ...this.#transport, timeoutMs: Math.min(3000, this.#transport.timeoutMs) };
    const reports = await Promise.all(active.map((keeper) => keeperHealth(keeper, transport)));
    return active.filter((_, i) => reports[i]?.ready);
  }

  #readSet(): Promise<KeeperSet> {
    return readKeeperSet(this.#options, this.#options.rpcUrl, (url, init) => fetch(url, init));
  }
}

async function disconnect(client: LitClient): Promise<void> {
  await client.disconnect();
  clearTimeout(client._stakingContract?.provider?._bootstrapPoll);
}

/**
 * The SDK's errors as ours. Its own errors carry `info`, with the keepers' code when they spoke. An error without it
 * comes from the wasm module after enough shares arrived: first it verifies the shares, then it decrypts.
 */
function toResult(error: unknown): KeyResult {
  const { info, message } = error as { info?: { errorCode?: string }; message?: string };
  const detail = message ?? String(error);
  if (info?.errorCode) {
    const code: KeyRefusalCode = toRefusalCode(LIT_CODES[info.errorCode] ?? 'UNAVAILABLE');
    return refusal(code, info.errorCode);
  }
  if (isUnreachable(error)) return refusal('UNAVAILABLE', detail);
  return refusal(/invalid signature|secret sharing/i.test(detail) ? 'INVALID_SHARE' : 'BAD_SEALED_KEY', detail);
}

/** The SDK gave up without a word from the keepers. */
function isUnreachable(error: unknown): boolean {
  const { info, name } = error as { info?: { errorCode?: string }; name?: string };
  return info?.errorCode === undefined && (info !== undefined || name === 'TypeError');
}

function* subsets<T>(list: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield [];
  for (const [i, head] of list.entries()) {
    for (const tail of subsets(list.slice(i + 1), size - 1)) yield [head, ...tail];
  }
}
