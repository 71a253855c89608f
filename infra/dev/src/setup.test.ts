import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chain } from './parts/chain.ts';
import { rpc } from './parts/rpc.ts';
import { freePorts } from './ports.ts';
import { ProcessGroup } from './processes.ts';
import { setUp } from './setup.ts';
import { temporaryDataDir } from './temporary.ts';

const KEEPER_URLS = ['http://127.0.0.1:7470', 'http://127.0.0.1:7471', 'http://127.0.0.1:7472'];

describe('setUp', () => {
  let root: string;
  let group: ProcessGroup;
  let chain: Chain;

  const run = (): Promise<void> =>
    setUp({
      sharedDir: join(root, 'shared'),
      keysDir: join(root, 'keys'),
      keeperDirs: [1, 2, 3].map((index) => join(root, 'keepers', String(index))),
      rpcUrls: [chain.url],
      publicRpcUrl: 'http://127.0.0.1:8545',
      publicUrl: 'http://127.0.0.1:4000',
      keeperUrls: KEEPER_URLS,
      chainName: 'baseSepolia',
    });
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');

  beforeAll(async () => {
    root = temporaryDataDir();
    mkdirSync(join(root, 'chain-data'));
    group = new ProcessGroup(join(root, 'logs'), () => {});
    chain = new Chain(group, { dataDir: join(root, 'chain-data'), port: (await freePorts()).chain });
    await chain.start();
    await run();
  });

  afterAll(async () => {
    chain.close();
    await group.stopAll(['chain']);
    rmSync(root, { recursive: true, force: true });
  });

  it('gives each keeper its own share only, readable by its owner only', () => {
    for (const index of [1, 2, 3]) {
      const share = JSON.parse(read(`keepers/${index}/share.json`)) as { index: number };
      expect(share.index).toBe(index);
      for (const secret of ['share.json', 'passphrase']) {
        expect(statSync(join(root, 'keepers', String(index), secret)).mode & 0o077).toBe(0);
      }
    }
  });

  it('tells api and browser where everything is', async () => {
    const config = JSON.parse(read('shared/ui-config.json')) as {
      contracts: Record<string, string>;
      keepers: string[];
    };
    expect(config.keepers).toEqual(KEEPER_URLS);
    expect(read('shared/api.env')).toMatch(/^NETWORK_KEY=0x[0-9a-f]{96}$/m);
    for (const address of Object.values(config.contracts)) {
      expect(await rpc(chain.url, 'eth_getCode', [address, 'latest'])).not.toBe('0x');
    }
  });

  it('changes nothing when it runs again', async () => {
    const files = ['shared/deployment.json', 'shared/api.env', 'keepers/2/share.json', 'keys/relayer.key'];
    const before = files.map(read);
    await run();
    expect(files.map(read)).toEqual(before);
  });
});
