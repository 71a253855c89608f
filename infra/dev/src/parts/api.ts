import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, Accounts } from '../accounts.ts';
import type { ManagedProcess, ProcessGroup } from '../processes.ts';
import { REPOSITORY } from '../settings.ts';
import type { Ports } from '../settings.ts';
import { CHAIN_ID } from './chain.ts';
import { childNode, NODE_ENVIRONMENT, untilOk } from './node-process.ts';

/** Blocks after which the api and the keepers take a block for settled. */
export const CONFIRMATIONS = 2;

export interface ApiOptions {
  dataDir: string;
  ports: Ports;
  databaseUrl: string;
  rpcUrls: string[];
  chainName: string;
  deploymentFile: string;
  startBlock: number;
  paymentToken: string;
  networkKey: string;
  accounts: Accounts;
  env: Record<string, string>;
}

/** Keys reach the api as files that only their owner reads. */
export function writeKeyFile(folder: string, name: string, account: Account): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.key`);
  if (!existsSync(file)) writeFileSync(file, account.privateKey, { mode: 0o600 });
  return file;
}

export function createApi(group: ProcessGroup, options: ApiOptions): { api: ManagedProcess; worker: ManagedProcess } {
  const { dataDir, ports, accounts } = options;
  const storeDir = join(dataDir, 'store');
  mkdirSync(storeDir, { recursive: true });
  const keys = join(dataDir, 'keys');
  const env: Record<string, string> = {
    ...NODE_ENVIRONMENT,
    // Threads that wait for the disk: writes that are synced at the same time share a turn of its journal.
    UV_THREADPOOL_SIZE: '16',
    DATABASE_URL: options.databaseUrl,
    CHAIN_RPC_URLS: options.rpcUrls.join(','),
    CHAIN_ID: String(CHAIN_ID),
    CHAIN_NAME: options.chainName,
    CONTRACTS_FILE: options.deploymentFile,
    START_BLOCK: String(options.startBlock),
    PAYMENT_TOKEN: options.paymentToken,
    STORE_DIR: storeDir,
    API_HOST: '127.0.0.1',
    API_PORT: String(ports.api),
    PUBLIC_URL: `http://127.0.0.1:${ports.api}`,
    UI_ORIGIN: `http://127.0.0.1:${ports.ui}`,
    CONFIRMATIONS: String(CONFIRMATIONS),
    RECEIPT_KEY_FILE: writeKeyFile(keys, 'receipt-signer', accounts.receiptSigner),
    RELAYER_KEY_FILE: writeKeyFile(keys, 'relayer', accounts.relayer),
    JOB_SIGNER_KEY_FILE: writeKeyFile(keys, 'job-signer', accounts.jobSigner),
    NETWORK_KEY: options.networkKey,
    WORKER_PORT: String(ports.worker),
    SINGLE_OPERATOR: '1',
    LOG_LEVEL: 'info',
    ...options.env,
  };
  const make = (name: string, script: string, port: number): ManagedProcess =>
    group.create({
      name,
      ...childNode(join(REPOSITORY, 'api', 'dist', script)),
      env,
      ready: () => untilOk(`http://127.0.0.1:${port}/health/ready`),
    });
  return { api: make('api', 'main.js', ports.api), worker: make('worker', 'worker.js', ports.worker) };
}
