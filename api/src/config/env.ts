import { readFileSync } from 'node:fs';
import { z } from 'zod';

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

const contracts = z.object({
  DatasetRegistry: address,
  ConsentRegistry: address,
  ContributionRegistry: address,
  LicenseVault: address,
  LabelEscrow: address,
  AccessPolicy: address,
  KeeperRegistry: address.optional(),
  TestUSD: address.optional(),
});
export type ContractAddresses = z.infer<typeof contracts>;
export type ContractName = keyof ContractAddresses;

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

/** Every setting of both processes, once. Keys are never here: only the paths of the files that hold them. */
const schema = z.object({
  DATABASE_URL: z.string().min(1),
  CHAIN_RPC_URLS: z
    .string()
    .min(1)
    .transform((list) => list.split(',').map((url) => url.trim())),
  CHAIN_ID: z.coerce.number().int().positive(),
  CHAIN_NAME: z.string().default('baseSepolia'),
  CONTRACTS: z.string().optional(),
  CONTRACTS_FILE: z.string().optional(),
  START_BLOCK: z.coerce.number().int().nonnegative().default(0),
  PAYMENT_TOKEN: address.optional(),
  STORE_DIR: z.string().min(1),
  IPFS_RPC_URL: z.string().optional(),
  API_HOST: z.string().default('127.0.0.1'),
  API_PORT: z.coerce.number().int().default(4000),
  PUBLIC_URL: z.string().default('http://127.0.0.1:4000'),
  UI_ORIGIN: z.string().default('http://127.0.0.1:4173'),
  CONFIRMATIONS: z.coerce.number().int().nonnegative().default(2),
  POLL_INTERVAL_MS: z.coerce.number().int().positive().default(500),
  QUOTA_BYTES: z.coerce.bigint().default(5n * 1024n ** 3n),
  /** How long a block that nobody holds is kept before it is unlinked. */
  BLOCK_GRACE_SECONDS: z.coerce.number().int().nonnegative().default(86_400),
  /** Trustless gateways with copies of this store, for repairs; comma-separated. */
  REPLICA_URLS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((url) => url.trim().replace(/\/$/, '') || [])),
  LOG_LEVEL: z.string().default('info'),
  RECEIPT_KEY_FILE: z.string().optional(),
  RELAYER_KEY_FILE: z.string().optional(),
  JOB_SIGNER_KEY_FILE: z.string().optional(),
  NETWORK_KEY: z.string().optional(),
  WORKER_PORT: z.coerce.number().int().default(4001),
  JOB_CONCURRENCY: z.coerce.number().int().positive().default(8),
  SINGLE_OPERATOR: flag,
  /** Connections at once; fewer where the files of the process do not allow as many. */
  MAX_CONNECTIONS: z.coerce.number().int().positive().default(4_096),
  /** Bytes of requests that have not arrived completely, all together. */
  MAX_PENDING_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(512 * 1024 ** 2),
  /** Until all headers are there; until the whole request is (1 MiB at 64 kbit/s takes 131 s); and without any progress. */
  HEADERS_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
  REQUEST_TIMEOUT_MS: z.coerce.number().int().positive().default(180_000),
  IDLE_TIMEOUT_MS: z.coerce.number().int().positive().default(20_000),
  DATABASE_POOL: z.coerce.number().int().positive().default(10),
});

export type Env = Omit<z.infer<typeof schema>, 'CONTRACTS'> & { CONTRACTS: ContractAddresses };

/** A file may be the plain map of addresses or a deployment `{ addresses, startBlock }`. */
const readContracts = (inline: string | undefined, file: string | undefined) => {
  const text = inline ?? (file ? readFileSync(file, 'utf8') : undefined);
  if (!text) throw new Error('CONTRACTS or CONTRACTS_FILE is required');
  const parsed = JSON.parse(text) as { addresses?: unknown; startBlock?: number };
  return { addresses: contracts.parse(parsed.addresses ?? parsed), startBlock: parsed.startBlock };
};

export function loadEnv(source: Record<string, string | undefined> = process.env): Env {
  const result = schema.safeParse(source);
  if (!result.success) throw new Error(`Configuration: ${z.prettifyError(result.error)}`);
  const { addresses, startBlock } = readContracts(result.data.CONTRACTS, result.data.CONTRACTS_FILE);
  return { ...result.data, START_BLOCK: result.data.START_BLOCK || startBlock || 0, CONTRACTS: addresses };
}
