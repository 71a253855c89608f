import { randomBytes } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import { z } from 'zod';
import type { ChainReader } from './chain-reader.ts';
import { accessQuerySchema, identityOf, readLitCondition } from './conditions.ts';
import type { AccessQuery, ConditionScope } from './conditions.ts';
import type { DailyCap } from './daily-cap.ts';
import type { Metrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';
import { Refusal, toRefusal } from './refusal.ts';
import type { ReleaseLog } from './release-log.ts';
import { sealToSession } from './sealing.ts';
import type { SealedShares } from './sealing.ts';
import { VerifiedWallets, verifySession } from './session.ts';
import type { Session, SessionPolicy } from './session.ts';
import type { ShareSigner } from './share-signer.ts';
import type { Verdict } from './verdict.ts';

export const MAX_BATCH = 500;
const SIGN_PER_TICK = 32;

export interface KeeperParts {
  scope: ConditionScope;
  policy: SessionPolicy;
  chain: ChainReader;
  /** Throws a Refusal while this keeper may not serve. */
  assertReady: () => Promise<void>;
  signer: ShareSigner;
  log: ReleaseLog;
  metrics: Metrics;
  limits: { perAccount: RateLimiter; labelKeys: DailyCap };
  index: number;
  /** All keys of an account per day, so that one account cannot fill the release log. */
  dailyKeys: DailyCap;
}

/** Per identity: a share was released, or why not. */
export type BatchAnswer =
  'RELEASED' | 'SESSION_SCOPE' | 'CONDITION_REFUSED' | 'RATE_LIMITED' | Exclude<Verdict, 'ALLOWED'>;

export interface BatchReply {
  shareIndex: number;
  /** In the order of the request. */
  answers: BatchAnswer[];
  /** Shares of the RELEASED identities, in order, 97 bytes each; absent when nothing was released. */
  sealed?: SealedShares;
}

export interface LitShareReply {
  result: 'success';
  signatureShare: { ProofOfPossession: string };
  shareIndex: number;
}

const dataHash = z.string().regex(/^[0-9a-f]{64}$/);

const batchRequestSchema = z.object({
  authSig: z.unknown(),
  /** 32 random bytes, hex; salt of the reply's key. */
  challenge: z.string().regex(/^[0-9a-f]{64}$/),
  /** Read in full only for a session that stands. */
  identities: z.array(z.unknown()).min(1).max(MAX_BATCH),
});
const identitiesSchema = z.array(z.intersection(accessQuerySchema, z.object({ dataHash, accessPolicy: z.string() })));

const litRequestSchema = z.object({
  evmContractConditions: z.unknown().optional(),
  unifiedAccessControlConditions: z.unknown().optional(),
  accessControlConditions: z.undefined().optional(),
  solRpcConditions: z.undefined().optional(),
  dataToEncryptHash: dataHash,
  chain: z.string(),
  authSig: z.unknown(),
});

/** The decisions of one keeper: who asks, may they, and what share do they get. Knows nothing of HTTP. */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #verified = new VerifiedWallets();

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Lit's `encryption/sign`: one identity, one share. */
  async signForLit(body: unknown): Promise<LitShareReply> {
    return this.#measured('lit', async () => {
      const { scope, index } = this.#parts;
      const request = read(litRequestSchema, body);
      if (request.chain !== scope.chain) throw new Refusal('CONDITION_REFUSED', `this keeper serves ${scope.chain}`);
      const query = readLitCondition(request.evmContractConditions ?? request.unifiedAccessControlConditions, scope);
      const identity = identityOf(query, request.dataToEncryptHash, scope);
      const session = await this.#openSession(request.authSig, 1);
      const [answer] = await this.#answer(session, [query], [identity]);
      this.#record('lit', session, [query], [identity], [answer!]);
      if (answer !== 'RELEASED') throw new Refusal(answer!);
      const share = Buffer.from(this.#parts.signer.sign(identity)).toString('hex');
      return { result: 'success', signatureShare: { ProofOfPossession: share }, shareIndex: index };
    });
  }

  /** The batch endpoint: up to 500 identities under one session check, shares sealed to the session's key. */
  async releaseBatch(body: unknown): Promise<BatchReply> {
    return this.#measured('batch', async () => {
      const { scope, index } = this.#parts;
      const { authSig, challenge, identities: asked } = read(batchRequestSchema, body);
      const session = await this.#openSession(authSig, asked.length);
      const queries = read(identitiesSchema, asked);
      const identities = queries.map((query) => identityOf(query, query.dataHash, scope));
      const ours = queries.map((query) => query.accessPolicy.toLowerCase() === scope.accessPolicy.toLowerCase());
      const accepted = <T>(list: readonly T[]): T[] => list.filter((_, i) => ours[i]);
      const answered = (await this.#answer(session, accepted(queries), accepted(identities))).values();
      const answers = ours.map((isOurs) => (isOurs ? answered.next().value! : 'CONDITION_REFUSED'));
      this.#record('batch', session, queries, identities, answers);
      const shares = await this.#sign(identities.filter((_, i) => answers[i] === 'RELEASED'));
      if (shares.length === 0) return { shareIndex: index, answers };
      return {
        shareIndex: index,
        answers,
        sealed: sealToSession(session.sessionKey, challenge, Buffer.concat(shares)),
      };
    });
  }

  async #openSession(authSig: unknown, cost: number): Promise<Session> {
    const { chain, policy, limits, assertReady } = this.#parts;
    await assertReady();
    const session = await verifySession(authSig, policy, chain, this.#verified);
    limits.perAccount.take(session.account, cost);
    return session;
  }

  async #answer(
    session: Session,
    queries: readonly AccessQuery[],
    identities: readonly string[],
  ): Promise<BatchAnswer[]> {
    const covered = identities.map((identity) => session.covers(identity));
    const verdicts = await this.#parts.chain.evaluate(
      session.account,
      queries.filter((_, i) => covered[i]),
    );
    const next = verdicts.values();
    return covered.map((isCovered, i): BatchAnswer => {
      if (!isCovered) return 'SESSION_SCOPE';
      const verdict = next.next().value ?? 'RPC_FAULT';
      if (verdict !== 'ALLOWED') return verdict;
      return this.#takeDaily(queries[i]!.kind, session.account) ? 'RELEASED' : 'RATE_LIMITED';
    });
  }

  #takeDaily(kind: AccessQuery['kind'], account: string): boolean {
    const { limits, dailyKeys } = this.#parts;
    return (kind !== 'label' || limits.labelKeys.tryTake(account)) && dailyKeys.tryTake(account);
  }

  /** Signs in slices, so that a large batch does not hold up other requests. */
  async #sign(identities: readonly string[]): Promise<Uint8Array[]> {
    const shares: Uint8Array[] = [];
    for (const [i, identity] of identities.entries()) {
      if (i > 0 && i % SIGN_PER_TICK === 0) await nextTick();
      shares.push(this.#parts.signer.sign(identity));
    }
    return shares;
  }

  #record(
    via: 'lit' | 'batch',
    { account }: Session,
    queries: readonly AccessQuery[],
    identities: readonly string[],
    answers: readonly BatchAnswer[],
  ): void {
    const released = queries.flatMap(({ kind, contributorRef }, i) => {
      const identity = identities[i]!.slice('lit-accesscontrolcondition://'.length);
      return answers[i] === 'RELEASED' ? [{ kind, identity, contributorRef }] : [];
    });
    if (released.length > 0) {
      this.#parts.log.append({ requestId: randomBytes(8).toString('hex'), account, via, released });
    }
    for (const answer of answers) this.#parts.metrics.answers.inc({ via, answer });
  }

  async #measured<T>(via: 'lit' | 'batch', work: () => Promise<T>): Promise<T> {
    const { metrics } = this.#parts;
    const stop = metrics.seconds.startTimer({ via });
    try {
      return await work();
    } catch (error) {
      metrics.answers.inc({ via, answer: toRefusal(error).code });
      throw error;
    } finally {
      stop();
    }
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw new Refusal('INVALID_REQUEST', z.prettifyError(result.error));
  return result.data;
}
