import 'reflect-metadata';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rawCid, type CID } from '@allod/protocol';
import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Wallet } from 'ethers';
import { AppModule } from '../app.module.ts';
import { ENV } from '../config/config.module.ts';
import { loadEnv } from '../config/env.ts';
import type { Env } from '../config/env.ts';
import { createAdapter, prepareApp } from '../http.ts';
import { carBlock, carHeader } from '../integrations/storage/car.ts';
import { ChainIndexer } from '../integrations/chain/chain-indexer.ts';
import { FakeChain, FakeRelay } from '../integrations/chain/chain.fake.ts';
import { ChainPort, RelayPort } from '../integrations/chain/chain.port.ts';
import { JOB_RELAY } from '../integrations/signer/signer.port.ts';
import { JobRunner } from '../jobs/job-runner.ts';
import { query, startPostgres } from './postgres.ts';

const address = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;

const contracts = {
  DatasetRegistry: address(1),
  ConsentRegistry: address(2),
  ContributionRegistry: address(3),
  LicenseVault: address(4),
  LabelEscrow: address(5),
  AccessPolicy: address(6),
  TestUSD: address(7),
};

export interface GraphqlAnswer<T> {
  data: T;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** The whole api in one process on a real PostgreSQL and the real flat store; only the chain is a fake. */
export class TestApp {
  constructor(
    readonly app: NestFastifyApplication,
    readonly env: Env,
    readonly chain: FakeChain,
    readonly relay: FakeRelay,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return query<T>(this.env.DATABASE_URL, text, values);
  }

  async graphql<T>(text: string, variables: object = {}, token?: string): Promise<GraphqlAnswer<T>> {
    const response = await this.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: token ? { authorization: `Bearer ${token}` } : {},
      payload: { query: text, variables },
    });
    return response.json<GraphqlAnswer<T>>();
  }

  async signIn(wallet: { address: string; signMessage(message: string): Promise<string> }): Promise<string> {
    const asked = await this.graphql<{ signInChallenge: { message: string } }>(
      `mutation($account: Address!) { signInChallenge(account: $account, domain: "127.0.0.1:4000", uri: "http://127.0.0.1:4000") { message } }`,
      { account: wallet.address },
    );
    const { message } = asked.data.signInChallenge;
    const signed = await this.graphql<{ signIn: { token: string } }>(
      `mutation($message: String!, $signature: Bytes!) { signIn(message: $message, signature: $signature) { ... on Session { token } ... on Refused { code } } }`,
      { message, signature: await wallet.signMessage(message) },
    );
    if (signed.errors) throw new Error(JSON.stringify(signed.errors));
    return signed.data.signIn.token;
  }

  putBlock(cid: string, bytes: Uint8Array, token?: string) {
    return this.app.inject({
      method: 'PUT',
      url: `/blocks/${cid}`,
      headers: { 'content-type': 'application/octet-stream', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      payload: Buffer.from(bytes),
    });
  }

  /** PUTs several blocks as one CAR; `cut` bytes are left out at its end. */
  putCar(blocks: readonly { cid: CID; bytes: Uint8Array }[], token?: string, cut = 0) {
    const root = blocks[0]?.cid ?? rawCid(new Uint8Array());
    const car = Buffer.concat([carHeader(root), ...blocks.map(({ cid, bytes }) => carBlock(cid, bytes))]);
    return this.app.inject({
      method: 'PUT',
      url: '/blocks/car',
      headers: { 'content-type': 'application/vnd.ipld.car', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      payload: car.subarray(0, car.length - cut),
    });
  }

  /** Mines enough blocks to confirm everything, then indexes. */
  async confirm(): Promise<void> {
    for (let i = 0; i < this.env.CONFIRMATIONS; i++) this.chain.mine();
    await this.app.get(ChainIndexer).tick();
  }

  /** Runs every open outbox row once, as the worker would. */
  async runOutbox(): Promise<void> {
    const rows = await this.sql<{ id: string }>('SELECT id FROM outbox WHERE done_at IS NULL ORDER BY created_at');
    for (const { id } of rows) await this.app.get(JobRunner).runOne(id);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.cleanUp();
  }
}

export async function startApp(settings: Record<string, string> = {}): Promise<TestApp> {
  const database = await startPostgres();
  const dir = await mkdtemp(join(tmpdir(), 'allod-test-api-'));
  for (const role of ['receipt', 'relayer', 'jobSigner']) {
    await writeFile(join(dir, role), Wallet.createRandom().privateKey, { mode: 0o600 });
  }
  const env = loadEnv({
    DATABASE_URL: database.url,
    CHAIN_RPC_URLS: 'http://127.0.0.1:1',
    CHAIN_ID: '31337',
    CONTRACTS: JSON.stringify(contracts),
    STORE_DIR: join(dir, 'store'),
    RECEIPT_KEY_FILE: join(dir, 'receipt'),
    JOB_SIGNER_KEY_FILE: join(dir, 'jobSigner'),
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const chain = new FakeChain(env.CHAIN_ID, env.CONTRACTS);
  const relay = new FakeRelay();
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(ENV)
    .useValue(env)
    .overrideProvider(ChainPort)
    .useValue(chain)
    .overrideProvider(RelayPort)
    .useValue(relay)
    .overrideProvider(JOB_RELAY)
    .useValue(relay)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(createAdapter(env), { logger: false });
  prepareApp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return new TestApp(app, env, chain, relay, async () => {
    await database.stop();
    await rm(dir, { recursive: true, force: true });
  });
}
