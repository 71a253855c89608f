import type { KeyShare } from '@allod/protocol';
import { AllodError } from '../errors/base.ts';
import type { KeyGateHealth, KeyRefusalCode } from './key-gate.port.ts';
import type { FetchLike, KeeperEndpoint } from './keeper-registry.ts';
import { withDeadline } from './deadline.ts';
import { openShares } from './session-crypto.ts';
import type { SealedShares } from './session-message.ts';
import type { KeySession, SessionSig } from './session.ts';

export interface Transport {
  fetchFrom: (keeper: KeeperEndpoint) => FetchLike;
  timeoutMs: number;
}

/** One identity of the batch request: the arguments of the condition, and the hash of the sealed key. */
export type BatchIdentity = {
  accessPolicy: string;
  datasetId: string;
  contributorRef: string;
  consentNonce: number;
  purposes: number;
  validUntil: number;
  sources: number;
  dataHash: string;
} & ({ kind: 'kek'; version: number } | { kind: 'label'; packId: string });

export interface BatchRequest {
  authSig: SessionSig;
  challenge: string;
  identities: BatchIdentity[];
}

export type KeeperAnswer = { share: KeyShare } | { code: KeyRefusalCode; detail: string };

interface BatchReply {
  answers: string[];
  sealed?: SealedShares;
}

/** Asks one keeper for many shares. Never rejects: what goes wrong becomes every identity's answer. */
export async function askBatch(
  keeper: KeeperEndpoint,
  request: BatchRequest,
  { session, challenge }: { session: KeySession; challenge: Uint8Array },
  transport: Transport,
): Promise<KeeperAnswer[]> {
  const forAll = (code: string, detail = code): KeeperAnswer[] =>
    request.identities.map(() => ({ code: toRefusalCode(code), detail: `keeper ${keeper.index}: ${detail}` }));
  try {
    const { status, body } = await postJson(keeper, '/allod/v1/keys', request, transport);
    if (status !== 200) {
      const { code = 'UNAVAILABLE', message = '' } = body as { code?: string; message?: string };
      return forAll(code, message && message !== code ? `${code} (${message})` : code);
    }
    const { answers, sealed } = body as BatchReply;
    if (!Array.isArray(answers) || answers.length !== request.identities.length)
      return forAll('UNAVAILABLE', 'bad reply');
    const shares = sealed ? await openShares(sealed, session.secretKey, challenge) : [];
    const next = shares.values();
    return answers.map((answer): KeeperAnswer => {
      const share = answer === 'RELEASED' ? next.next().value : undefined;
      return share ? { share } : { code: toRefusalCode(answer), detail: `keeper ${keeper.index}: ${answer}` };
    });
  } catch (error) {
    return forAll('UNAVAILABLE', error instanceof Error ? error.message : 'no answer');
  }
}

/** What a keeper's code means to the caller. Unknown codes are UNAVAILABLE: fail closed, invite a retry. */
export function toRefusalCode(code: string): KeyRefusalCode {
  if (code === 'NOT_AUTHORIZED' || code === 'CONDITION_REFUSED') return 'NOT_AUTHORIZED';
  if (code.startsWith('SESSION_') || code === 'BARE_SIWE') return 'SESSION_EXPIRED';
  return 'UNAVAILABLE';
}

/** Hash of a confirmed block, from the first keeper that gives one; it becomes the nonce of a session. */
export async function blockHash(keepers: readonly KeeperEndpoint[], transport: Transport): Promise<string> {
  const ask = async (keeper: KeeperEndpoint): Promise<string> => {
    const { blockhash } = (await getJson(keeper, '/allod/v1/block', transport)) as { blockhash?: string };
    if (!blockhash || !/^0x[0-9a-f]{64}$/.test(blockhash)) throw new Error('no block hash');
    return blockhash;
  };
  try {
    return await Promise.any(keepers.map(ask));
  } catch (cause) {
    throw new AllodError('UNAVAILABLE', 'no keeper is ready', { cause });
  }
}

export interface KeeperReport {
  ready: boolean;
  singleOperator: boolean;
  singleRpc: boolean;
}

export async function keeperHealth(keeper: KeeperEndpoint, transport: Transport): Promise<KeeperReport | undefined> {
  try {
    const report = (await getJson(keeper, '/health', transport)) as Record<string, unknown>;
    const { status, singleOperator, singleRpc } = report;
    return { ready: status === 'READY', singleOperator: singleOperator === true, singleRpc: singleRpc === true };
  } catch {
    return undefined;
  }
}

/** One organization with `threshold` keepers can open everything; that is said even when no keeper admits it. */
export function summarizeHealth(
  keepers: readonly KeeperEndpoint[],
  threshold: number,
  reports: readonly (KeeperReport | undefined)[],
): KeyGateHealth {
  const perOrganization = new Map<string, number>();
  for (const { organization } of keepers)
    perOrganization.set(organization, (perOrganization.get(organization) ?? 0) + 1);
  return {
    keepers: keepers.length,
    threshold,
    up: reports.filter((report) => report?.ready).length,
    singleOperator:
      Math.max(0, ...perOrganization.values()) >= threshold ||
      reports.some((report) => report?.singleOperator === true),
    singleRpc: reports.some((report) => report?.singleRpc === true),
  };
}

async function postJson(
  keeper: KeeperEndpoint,
  path: string,
  body: unknown,
  { fetchFrom, timeoutMs }: Transport,
): Promise<{ status: number; body: unknown }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return withDeadline(timeoutMs, async (signal) => {
    const response = await fetchFrom(keeper)(keeper.url + path, { ...init, signal });
    return { status: response.status, body: (await response.json()) as unknown };
  });
}

async function getJson(keeper: KeeperEndpoint, path: string, { fetchFrom, timeoutMs }: Transport): Promise<unknown> {
  return withDeadline(timeoutMs, async (signal) => (await fetchFrom(keeper)(keeper.url + path, { signal })).json());
}
