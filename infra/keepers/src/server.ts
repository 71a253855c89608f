import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import cors from '@fastify/cors';
import fastify, { LogController } from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ChainReader } from './chain-reader.ts';
import { clientAddress } from './client-address.ts';
import type { KeeperConfig } from './config.ts';
import { DailyCap } from './daily-cap.ts';
import { limitConnections } from './connection-limit.ts';
import { createJsonRpc } from './json-rpc.ts';
import type { JsonRpc } from './json-rpc.ts';
import { assertKeeperSet, readKeeperSet } from './keeper-set.ts';
import { Keeper } from './keeper.ts';
import { createMetrics } from './metrics.ts';
import { RateLimiter } from './rate-limit.ts';
import { Refusal, toRefusal } from './refusal.ts';
import { ReleaseLog } from './release-log.ts';
import { SetWatch } from './set-watch.ts';
import type { Share } from './share-file.ts';
import { createShareSigner } from './share-signer.ts';

const VERSION = '0.1.0';
/** Five hundred identities take half of it. */
const MAX_BODY_BYTES = 512 * 1024;

/** Checks that the share belongs to this configuration, and that production is what it says. */
export function assertMayStart(config: KeeperConfig, share: Share): void {
  if (share.networkKey.replace(/^0x/, '') !== config.networkKey)
    throw new Error('the share belongs to another network key');
  if (share.index !== config.index)
    throw new Error(`the share has index ${share.index}, the configuration ${config.index}`);
  if (config.production && share.origin === 'dealer' && !config.singleOperator) {
    throw new Error(
      'this key was made by a dealer, who knew all of it; production refuses it unless SINGLE_OPERATOR=1',
    );
  }
}

/** Undefined where no registry is configured, which only a development chain excuses. */
function watchSet(
  config: KeeperConfig,
  share: Pick<Share, 'commitment' | 'threshold'>,
  rpcs: readonly JsonRpc[],
  onChange: (state: 'MEMBER' | Refusal) => void,
): SetWatch | undefined {
  const { keeperRegistry, registryCheckSeconds, registryMaxAgeSeconds } = config;
  if (!keeperRegistry) return undefined;
  return new SetWatch({
    read: () => readKeeperSet(rpcs, keeperRegistry),
    check: (set) => assertKeeperSet(set, share, config),
    everyMs: 1000 * registryCheckSeconds,
    maxAgeMs: 1000 * registryMaxAgeSeconds,
    onChange,
  });
}

/** Builds the HTTP server of one keeper; the caller listens and closes. @throws when it may not start, with the reason */
export async function createKeeperServer(config: KeeperConfig, share: Share): Promise<FastifyInstance> {
  assertMayStart(config, share);
  const metrics = createMetrics(config.index);
  const rpcs = config.rpcs.map((url) => {
    const { rpcTimeoutMs: timeoutMs, rpcMaxBatch: maxBatch } = config;
    return createJsonRpc(url, { timeoutMs, maxBatch, onRequest: metrics.countRpc });
  });
  const { commitment, threshold, total, origin } = share;
  // Handlers and the watch live as long as the process: they hold what is public of the share, not the share.
  const watch = watchSet(config, { commitment, threshold }, rpcs, (state) => {
    if (state === 'MEMBER') app.log.info('the registry lets this keeper serve again');
    else app.log.error({ code: state.code, detail: state.message }, 'the registry does not let this keeper serve');
  });
  await watch?.start();
  const app = fastify({
    logger: { level: config.logLevel, base: { keeper: config.index } },
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    requestTimeout: config.requestTimeoutMs,
    connectionTimeout: 4 * config.requestTimeoutMs,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => String(request.headers['x-request-id'] ?? randomBytes(8).toString('hex')).slice(0, 80),
    ...serverOptions(config),
  }) as unknown as FastifyInstance;
  app.server.maxConnections = config.maxConnections;
  limitConnections(app.server, config.maxConnectionsPerAddress, config.trustedProxies);
  const labelKeys = new DailyCap(config.labelKeysPerDay);
  const dailyKeys = new DailyCap(config.keysPerDay);
  const log = ReleaseLog.open(join(config.dataDir, 'releases'), {
    retentionDays: config.releaseLogDays,
    maxBytes: config.releaseLogMaxBytes,
    onEntry: ({ account, at, released }) => {
      dailyKeys.restore(account, new Date(at), released.length);
      labelKeys.restore(account, new Date(at), released.filter(({ kind }) => kind === 'label').length);
    },
  });
  app.addHook('onClose', () => {
    watch?.stop();
    log.close();
  });
  const chain = new ChainReader({ ...config, rpcs });
  const assertReady = async (): Promise<void> => {
    watch?.assertMember();
    await chain.assertReady();
  };
  const signer = createShareSigner(share);
  metrics.watch({
    log,
    heads: () => chain.lastHeads,
    singleOperator: config.singleOperator,
    mayServe: () => watch?.mayServe ?? true,
  });
  const perIp = new RateLimiter(config.rateLimit.perIp);
  const newSessions = new RateLimiter(config.rateLimit.newSessions);
  const policy = {
    ...config,
    nodeAddresses: config.nodeAddresses ?? [],
    beforeNewWallet: () => newSessions.take('new sessions'),
  };
  const keeper = new Keeper({
    scope: { chain: config.chainName, accessPolicy: config.accessPolicy },
    policy,
    chain,
    assertReady,
    signer,
    log,
    metrics,
    limits: {
      perAccount: new RateLimiter(config.rateLimit.perAccount),
      labelKeys,
    },
    index: config.index,
    dailyKeys,
  });
  if (!config.nodeAddresses) {
    app.addHook('onListen', () => {
      const { port } = app.server.address() as AddressInfo;
      policy.nodeAddresses = [`${config.tls ? 'https' : 'http'}://${config.host}:${port}`];
    });
  }

  await app.register(cors, { origin: config.corsOrigins ?? true, maxAge: 600 });
  app.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== undefined && status < 500) {
      return refuse(reply, status, 'INVALID_REQUEST', 'NodeInvalidRequest', (error as Error).message, request.id);
    }
    const refusal = toRefusal(error);
    if (refusal.code === 'INTERNAL') request.log.error({ err: error }, 'request failed');
    // Metrics count refusals; a line for each would let anybody fill the operator's disk.
    else request.log.debug({ code: refusal.code, detail: refusal.message }, 'refused');
    return refuse(reply, refusal.status, refusal.code, refusal.litCode, refusal.message, request.id);
  });

  // Before the body is read: a refusal must cost less than a question.
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'POST' || perIp.tryTake(clientAddress(request.ip))) return;
    metrics.answers.inc({ via: 'http', answer: 'RATE_LIMITED' });
    throw new Refusal('RATE_LIMITED', 'too many requests from this address');
  });

  app.post('/web/handshake/', async () => {
    await assertReady();
    const { confirmedHash } = await chain.heads();
    return {
      serverPublicKey: commitment.slice(2),
      subnetPublicKey: config.networkKey,
      networkPublicKey: config.networkKey,
      networkPublicKeySet: config.networkKey,
      hdRootPubkeys: [],
      latestBlockhash: confirmedHash,
      attestation: null,
      clientSdkVersion: '7.4.0',
      nodeVersion: VERSION,
    };
  });
  app.post('/web/encryption/sign/', (request) => keeper.signForLit(request.body));
  app.post('/allod/v1/keys', (request) => keeper.releaseBatch(request.body));
  app.get('/allod/v1/block', async () => {
    const { confirmedHash, at } = await chain.heads();
    return { blockhash: confirmedHash, timestamp: String(Math.floor(at / 1000)) };
  });
  app.get('/health', async (_request, reply) => {
    const state = await assertReady().then(
      () => undefined,
      (error: unknown) => toRefusal(error),
    );
    const heads = state ? undefined : await chain.heads().catch(() => undefined);
    return reply.status(state ? 503 : 200).send({
      status: state ? state.code : 'READY',
      ...(state ? { detail: state.message } : {}),
      version: VERSION,
      index: config.index,
      threshold,
      total,
      networkKey: `0x${config.networkKey}`,
      chainId: config.chainId,
      chain: config.chainName,
      accessPolicy: config.accessPolicy,
      organization: config.organization,
      keyOrigin: origin,
      singleOperator: config.singleOperator,
      singleRpc: config.singleRpc || config.rpcs.length < 2,
      signer: signer.engine,
      blocks: heads ? { latest: heads.latest, confirmed: heads.confirmed } : null,
      releaseLog: log.head,
    });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return app;
}

/** Node looks for requests that take too long at this interval only. */
function serverOptions({ tls, requestTimeoutMs }: KeeperConfig): object {
  const limits = { connectionsCheckingInterval: Math.min(1000, requestTimeoutMs) };
  if (!tls) return { http: limits };
  return { https: { ...limits, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) } };
}

/** Lit's error envelope with our code beside it, so that both clients read the same answer. */
function refuse(
  reply: FastifyReply,
  status: number,
  code: string,
  litCode: string,
  message: string,
  id: string,
): FastifyReply {
  return reply.status(status).send({
    errorKind: status >= 500 ? 'Unexpected' : 'Validation',
    errorCode: litCode,
    status,
    message,
    correlationId: id,
    details: [message],
    code,
  });
}
