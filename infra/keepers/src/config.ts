import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { getAddress } from 'ethers';
import { z } from 'zod';
import { isChainName } from './conditions.ts';

const bucket = (burst: number, perSecond: number) =>
  z.object({ burst: z.number().positive(), perSecond: z.number().positive() }).default({ burst, perSecond });

const address = z.string().transform((value, context) => {
  try {
    return getAddress(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'not an address' });
    return z.NEVER;
  }
});

const configSchema = z.strictObject({
  port: z.int().min(0).max(65535),
  host: z.string().default('127.0.0.1'),
  /** Shamir index of this keeper's share; must be the one in the share file. */
  index: z.int().min(1).max(255),
  shareFile: z.string(),
  /** Where the share's passphrase comes from: a file (mode 600), or a program that prints it, for example a KMS client. */
  passphraseFile: z.string().optional(),
  passphraseCommand: z.array(z.string()).min(1).optional(),
  /** Lit chain name → RPCs; exactly one name, at least two different RPCs unless SINGLE_RPC=1. */
  rpcUrls: z.record(z.string().refine(isChainName, 'not a known chain name'), z.array(z.url()).min(1)),
  chainId: z.int().positive(),
  accessPolicy: address,
  /** The KeeperRegistry that lists this keeper; production needs it. */
  keeperRegistry: address.optional(),
  /** How often the registry is read again while the keeper runs. */
  registryCheckSeconds: z.int().positive().default(60),
  /** A registry that was not readable for this long stops the keeper. */
  registryMaxAgeSeconds: z.int().positive().default(900),
  confirmations: z.int().min(0),
  /** Public key of the network, 48 bytes hex; a share of another network is refused. */
  networkKey: z.string().regex(/^(0x)?[0-9a-fA-F]{96}$/),
  dataDir: z.string(),
  /** SIWE domains that may ask; `host:*` stands for any port. */
  domainAllow: z.array(z.string()).min(1).optional(),
  /** Addresses under which clients reach this keeper; default `http(s)://host:port`. */
  nodeAddresses: z.array(z.url()).min(1).optional(),
  /** Browser origins for CORS; default any, because every answer is bound to a signature. */
  corsOrigins: z.array(z.string()).optional(),
  tls: z.object({ certFile: z.string(), keyFile: z.string() }).optional(),
  production: z.boolean().default(false),
  organization: z.string().default('development'),
  maxSessionSeconds: z.int().positive().default(86_400),
  clockSkewSeconds: z.int().min(0).default(60),
  nonceMaxAgeSeconds: z.int().positive().default(900),
  maxHeadLag: z.int().min(0).default(5),
  /** A head older than this is stale; 0 = no limit (a quiet development chain). Default 0, in production 60. */
  maxHeadAgeSeconds: z.int().min(0).optional(),
  headTtlMs: z.int().min(0).default(500),
  rpcTimeoutMs: z.int().positive().default(5000),
  /** Calls in one JSON-RPC batch; what the stingiest of the RPCs takes. */
  rpcMaxBatch: z.int().positive().default(50),
  /** A client has this long to send its request. */
  requestTimeoutMs: z.int().positive().default(15_000),
  maxConnections: z.int().positive().default(2000),
  maxConnectionsPerAddress: z.int().positive().default(200),
  /** Addresses of reverse proxies whose `x-forwarded-for` names the client; default none. */
  trustedProxies: z.array(z.string()).default([]),
  rateLimit: z
    .object({
      /** Requests. */
      perIp: bucket(600, 100),
      /** Keys. */
      perAccount: bucket(20_000, 500),
      /** Wallet messages not seen before, of all clients together: what bounds CPU and the RPC bill under a flood. */
      newSessions: bucket(1000, 100),
    })
    .prefault({}),
  /** Label keys that one account may get per UTC day, restarts included; more are refused as RATE_LIMITED. */
  labelKeysPerDay: z.int().positive().default(2000),
  /** Keys of any kind that one account may get per UTC day: what bounds its share of the release log. */
  keysPerDay: z.int().positive().default(500_000),
  /** Days that entries of the release log are kept. */
  releaseLogDays: z.int().min(1).default(90),
  /** Bytes of the release log past which nothing is released any more. */
  releaseLogMaxBytes: z
    .int()
    .positive()
    .default(20 * 2 ** 30),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

type ParsedConfig = z.infer<typeof configSchema>;

export interface KeeperConfig extends ParsedConfig {
  chainName: string;
  rpcs: string[];
  domains: string[];
  maxHeadAgeSeconds: number;
  singleRpc: boolean;
  singleOperator: boolean;
}

const PRODUCTION_HEAD_AGE_SECONDS = 60;
const DEVELOPMENT_DOMAINS = ['localhost:*', '127.0.0.1:*'];

/** Checks a configuration. @param env only SINGLE_OPERATOR and SINGLE_RPC are read; secrets never come from it */
export function parseConfig(json: unknown, env: Record<string, string | undefined> = {}): KeeperConfig {
  const result = configSchema.safeParse(json);
  if (!result.success) throw new Error(`keeper configuration: ${z.prettifyError(result.error)}`);
  const config = result.data;
  const chains = Object.entries(config.rpcUrls);
  if (chains.length !== 1) throw new Error('keeper configuration: rpcUrls names exactly one chain');
  const [chainName, urls] = chains[0]!;
  const rpcs = [...new Set(urls.map((url) => new URL(url).href))];
  const singleRpc = env['SINGLE_RPC'] === '1';
  const singleOperator = env['SINGLE_OPERATOR'] === '1';
  if (rpcs.length < 2 && !singleRpc) {
    throw new Error('keeper configuration: one RPC can lie alone; give two, or set SINGLE_RPC=1 to accept that');
  }
  if (config.production) checkProduction(config, rpcs, singleRpc);
  if ((config.passphraseFile === undefined) === (config.passphraseCommand === undefined)) {
    throw new Error('keeper configuration: give passphraseFile or passphraseCommand');
  }
  const networkKey = config.networkKey.replace(/^0x/, '').toLowerCase();
  const domains = config.domainAllow ?? DEVELOPMENT_DOMAINS;
  const maxHeadAgeSeconds = config.maxHeadAgeSeconds ?? (config.production ? PRODUCTION_HEAD_AGE_SECONDS : 0);
  return { ...config, networkKey, chainName, rpcs, domains, maxHeadAgeSeconds, singleRpc, singleOperator };
}

/** @throws when production would run with a default that only a development chain excuses */
function checkProduction(config: ParsedConfig, rpcs: readonly string[], singleRpc: boolean): void {
  const refuse = (reason: string): never => {
    throw new Error(`keeper configuration: production ${reason}`);
  };
  if (!config.domainAllow) refuse('needs domainAllow');
  if (!config.keeperRegistry) refuse('needs keeperRegistry');
  if (!config.nodeAddresses) refuse('needs nodeAddresses, the addresses that clients use');
  if (config.confirmations === 0) refuse('needs confirmations: a block without one may vanish');
  if (config.maxHeadAgeSeconds === 0)
    refuse('needs maxHeadAgeSeconds: RPCs that stand still together show no withdrawal');
  const hosts = new Set(rpcs.map((url) => new URL(url).hostname));
  if (hosts.size < 2 && !singleRpc) refuse('needs RPCs of two hosts, or SINGLE_RPC=1: one host can lie on both');
}

/** Reads a configuration file; relative paths in it start at its folder. */
export function loadConfig(path: string, env: Record<string, string | undefined>): KeeperConfig {
  const config = parseConfig(JSON.parse(readFileSync(path, 'utf8')), env);
  const absolute = (file: string): string => resolve(dirname(path), file);
  const tls = config.tls && { certFile: absolute(config.tls.certFile), keyFile: absolute(config.tls.keyFile) };
  return {
    ...config,
    shareFile: absolute(config.shareFile),
    ...(config.passphraseFile === undefined ? {} : { passphraseFile: absolute(config.passphraseFile) }),
    dataDir: absolute(config.dataDir),
    ...(tls ? { tls } : {}),
  };
}

/**
 * The passphrase of the share file, from its file or from the command's standard output.
 * @throws when others than the owner may read the file, the command fails, or there is no usable passphrase
 */
export function readPassphrase(from: Pick<KeeperConfig, 'passphraseFile' | 'passphraseCommand'>): string {
  const passphrase = from.passphraseFile === undefined ? run(from.passphraseCommand!) : readSecret(from.passphraseFile);
  if (passphrase.length < 8) {
    throw new Error(`${from.passphraseFile ?? from.passphraseCommand![0]} gives no usable passphrase`);
  }
  return passphrase;
}

function readSecret(path: string): string {
  if ((statSync(path).mode & 0o077) !== 0) throw new Error(`${path} must be readable by its owner only (mode 600)`);
  return readFileSync(path, 'utf8').trim();
}

/** No shell in between; what the program says on standard error goes to ours. */
function run([program, ...args]: readonly string[]): string {
  return execFileSync(program!, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
    maxBuffer: 64 * 1024,
    encoding: 'utf8',
  }).trim();
}
