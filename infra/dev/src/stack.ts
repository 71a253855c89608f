import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '@allod/contracts/deploy';
import pino from 'pino';
import type { Logger } from 'pino';
import { developmentAccounts } from './accounts.ts';
import type { Accounts } from './accounts.ts';
import { createApi } from './parts/api.ts';
import { CHAIN_ID, Chain } from './parts/chain.ts';
import { ensureContracts } from './parts/contracts.ts';
import type { Windows } from './parts/contracts.ts';
import { createKeeper, ensureKeyNetwork, registerKeepers } from './parts/keepers.ts';
import type { KeyNetwork } from './parts/keepers.ts';
import { forgetPostgres, startPostgres } from './parts/postgres.ts';
import { RpcProxy } from './parts/rpc-proxy.ts';
import { UiServer } from './parts/ui.ts';
import { assertPortsFree, freePorts } from './ports.ts';
import { ProcessGroup } from './processes.ts';
import type { ManagedProcess } from './processes.ts';
import { holdDataDir } from './run-lock.ts';
import { REPOSITORY } from './settings.ts';
import type { Ports } from './settings.ts';
import { temporaryDataDir } from './temporary.ts';

/** The name under which conditions know the development chain; each keeper maps it to its RPCs. */
export const CHAIN_NAME = 'baseSepolia';

export interface StackOptions {
  /** Without one, a new folder below the temporary folder, removed by `stop()`. */
  dataDir?: string;
  /** Without them, free ones. */
  ports?: Ports;
  /** Forgets what the data folder holds. */
  fresh?: boolean;
  /** Waits for the disk as in earnest; tests leave it out. */
  durable?: boolean;
  windows?: Windows;
  /** More environment for api and worker. */
  apiEnv?: Record<string, string>;
  /** Called once for each part that serves. */
  onPart?: (part: string, detail: string, ms: number) => void;
  signal?: AbortSignal;
}

export interface StackUrls {
  ui: string;
  api: string;
  graphql: string;
  graphiql: string;
  worker: string;
  rpc: string;
  /** The two RPCs that keepers ask. */
  keeperRpcs: string[];
  keepers: string[];
  database: string;
}

export interface StackParts {
  postgres: ManagedProcess;
  chain: ManagedProcess;
  keepers: ManagedProcess[];
  api: ManagedProcess;
  worker: ManagedProcess;
}

export interface Stack {
  dataDir: string;
  chainId: number;
  chainName: string;
  urls: StackUrls;
  deployment: Deployment;
  accounts: Accounts;
  network: KeyNetwork;
  parts: StackParts;
  /** In front of the chain, for the keepers; a test can break them. */
  rpcProxies: RpcProxy[];
  logDir: string;
  log: Logger;
  stop: () => Promise<void>;
}

function forget(dataDir: string): void {
  forgetPostgres(dataDir);
  for (const name of ['chain', 'keepers', 'keys', 'store', 'logs', 'deployment.json', 'result.json', 'main-job']) {
    rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/** Starts every part on 127.0.0.1 and resolves when all of them serve; a part that fails stops the others again. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const temporary = options.dataDir === undefined;
  const dataDir = options.dataDir ?? temporaryDataDir();
  const ports = options.ports ?? (await freePorts());
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const release = holdDataDir(dataDir);
  try {
    await assertPortsFree(ports);
  } catch (error) {
    release();
    throw error;
  }
  if (options.fresh) forget(dataDir);

  const logDir = join(dataDir, 'logs');
  mkdirSync(logDir, { recursive: true });
  const log = pino({ base: undefined }, pino.destination({ dest: join(logDir, 'stack.log'), sync: true, mkdir: true }));
  const group = new ProcessGroup(logDir, (event, detail) => log.info(detail, event));
  const closers: (() => Promise<void> | void)[] = [];

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      log.info('stopping');
      for (const close of closers.reverse()) await close();
      await group.stopAll(['postgres', 'chain']);
      release();
      if (temporary) {
        forgetPostgres(dataDir);
        rmSync(dataDir, { recursive: true, force: true });
      }
    })();
    return stopping;
  };
  const onAbort = (): void => void stop();
  options.signal?.addEventListener('abort', onAbort, { once: true });

  const timed = async <T>(part: string, work: () => Promise<T>, describe: (value: T) => string): Promise<T> => {
    const since = performance.now();
    const value = await work();
    const ms = Math.round(performance.now() - since);
    log.info({ part, ms }, 'serves');
    options.onPart?.(part, describe(value), ms);
    return value;
  };

  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const accounts = developmentAccounts();
  const keeperPorts = [ports.keeper1, ports.keeper2, ports.keeper3];

  const startChain = async (): Promise<{ chain: Chain; rpcProxies: RpcProxy[] }> => {
    const chain = new Chain(group, { dataDir, port: ports.chain });
    closers.push(() => chain.close());
    await chain.start();
    const rpcProxies = [ports.rpcProxy1, ports.rpcProxy2].map((port) => new RpcProxy(port, chain.url));
    for (const proxy of rpcProxies) {
      closers.push(() => proxy.stop());
      await proxy.start();
    }
    return { chain, rpcProxies };
  };

  try {
    const postgresStarts = timed(
      'postgres',
      () => startPostgres(group, { dataDir, port: ports.postgres, durable: options.durable ?? false }),
      ({ version, place }) => `${version} on 127.0.0.1:${ports.postgres}, data in ${place}`,
    );
    postgresStarts.catch(() => {});

    const { chain, rpcProxies } = await timed('chain', startChain, () => `${CHAIN_ID} on ${at(ports.chain)}`);
    const network = ensureKeyNetwork(dataDir);
    const contracts = await timed(
      'contracts',
      () => ensureContracts(chain, { dataDir, accounts, windows: options.windows ?? {} }),
      ({ isNew }) => (isNew ? 'deployed' : 'already there'),
    );
    const { deployment } = contracts;

    const keepersStart = timed(
      'keepers',
      async () => {
        const keepers = keeperPorts.map((port, position) =>
          createKeeper(group, {
            ...{ dataDir, index: position + 1, port, deployment, network, chainName: CHAIN_NAME },
            rpcUrls: rpcProxies.map((proxy) => proxy.url),
          }),
        );
        const registered = registerKeepers({
          ...{ rpcUrl: chain.url, deployment, accounts, network },
          urls: keeperPorts.map(at),
        });
        await Promise.all([registered, ...keepers.map((keeper) => keeper.start())]);
        return keepers;
      },
      (keepers) => `${network.threshold} of ${keepers.length} on ports ${keeperPorts.join(', ')}`,
    );
    keepersStart.catch(() => {});

    const postgres = await postgresStarts;
    log.info({ place: postgres.place }, 'postgres data');
    const { api, worker } = createApi(group, {
      dataDir,
      ports,
      databaseUrl: postgres.url,
      rpcUrls: [chain.url],
      chainName: CHAIN_NAME,
      deploymentFile: contracts.file,
      startBlock: deployment.startBlock,
      paymentToken: deployment.addresses.TestUSD,
      networkKey: network.networkKey,
      accounts,
      env: options.apiEnv ?? {},
    });
    const apiStarts = timed(
      'api',
      () => api.start(),
      () => `${at(ports.api)}/graphql`,
    );
    const workerStarts = timed(
      'worker',
      () => worker.start(),
      () => at(ports.worker),
    );

    const uiConfig = {
      api: at(ports.api),
      rpcUrls: [chain.url],
      chainId: CHAIN_ID,
      chainName: CHAIN_NAME,
      contracts: deployment.addresses,
      keeperRegistry: deployment.addresses.KeeperRegistry,
      networkKey: network.networkKey,
      keepers: keeperPorts.map(at),
      development: true,
      singleOperator: true,
      singleRpc: false,
    };
    const folder = join(REPOSITORY, 'labeling-ui', 'dist');
    const ui = new UiServer({ folder, port: ports.ui, config: () => uiConfig });
    closers.push(() => ui.stop());
    const uiStarts = timed(
      'ui',
      () => ui.start(),
      () => (existsSync(join(folder, 'index.html')) ? ui.url : `${ui.url} (not built)`),
    );
    const [keepers] = await Promise.all([keepersStart, apiStarts, workerStarts, uiStarts]);

    return {
      dataDir,
      chainId: CHAIN_ID,
      chainName: CHAIN_NAME,
      urls: {
        ui: ui.url,
        api: at(ports.api),
        graphql: `${at(ports.api)}/graphql`,
        graphiql: `${at(ports.api)}/graphiql`,
        worker: at(ports.worker),
        rpc: chain.url,
        keeperRpcs: rpcProxies.map((proxy) => proxy.url),
        keepers: keeperPorts.map(at),
        database: postgres.url,
      },
      deployment,
      accounts,
      network,
      parts: { postgres: postgres.process, chain: chain.process, keepers, api, worker },
      rpcProxies,
      logDir,
      log,
      stop: async () => {
        options.signal?.removeEventListener('abort', onAbort);
        await stop();
      },
    };
  } catch (error) {
    log.error({ error: (error as Error).message }, 'start failed');
    await stop();
    throw error;
  }
}
