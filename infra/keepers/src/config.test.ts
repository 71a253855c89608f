import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, parseConfig, readPassphrase } from './config.ts';
import { deal } from './dealer.ts';
import { assertMayStart } from './server.ts';

const { networkKey, shares } = deal({ n: 3, t: 2 });
const config = {
  port: 7470,
  index: 1,
  shareFile: 'share-1.json',
  passphraseFile: 'passphrase',
  rpcUrls: { baseSepolia: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] },
  chainId: 31337,
  accessPolicy: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
  confirmations: 2,
  networkKey,
  dataDir: 'data',
};

const production = {
  production: true,
  domainAllow: ['app.example.org'],
  keeperRegistry: config.accessPolicy,
  nodeAddresses: ['https://keeper-1.example.org'],
  rpcUrls: { baseSepolia: ['https://rpc.example.org', 'https://rpc.example.com'] },
};

describe('the configuration of a keeper', () => {
  it('fills in what development needs', () => {
    expect(parseConfig(config)).toMatchObject({
      host: '127.0.0.1',
      chainName: 'baseSepolia',
      domains: ['localhost:*', '127.0.0.1:*'],
      production: false,
      singleRpc: false,
    });
  });

  it.each<[string, object, string]>([
    ['one RPC', { rpcUrls: { baseSepolia: ['http://127.0.0.1:1'] } }, 'SINGLE_RPC=1'],
    ['the same RPC twice', { rpcUrls: { baseSepolia: ['http://127.0.0.1:1', 'http://127.0.0.1:1/'] } }, 'SINGLE_RPC=1'],
    ['two chains', { rpcUrls: { ...config.rpcUrls, base: ['http://127.0.0.1:3'] } }, 'exactly one chain'],
    ['an unknown chain name', { rpcUrls: { localhost: config.rpcUrls.baseSepolia } }, 'rpcUrls.localhost'],
    ['a malformed policy address', { accessPolicy: '0x12' }, 'not an address'],
    ['a share in the configuration', { share: '0x01' }, 'share'],
    ['production without domains', { production: true }, 'domainAllow'],
    ['production without a registry', { ...production, keeperRegistry: undefined }, 'keeperRegistry'],
    ['production without its public address', { ...production, nodeAddresses: undefined }, 'nodeAddresses'],
    ['production without confirmations', { ...production, confirmations: 0 }, 'confirmations'],
    ['production on RPCs that may stand still', { ...production, maxHeadAgeSeconds: 0 }, 'maxHeadAgeSeconds'],
    [
      'production on one host under two addresses',
      { ...production, rpcUrls: { baseSepolia: ['https://rpc.example.org/a', 'https://rpc.example.org/b'] } },
      'two hosts',
    ],
    ['a passphrase from two places', { passphraseCommand: ['kms'] }, 'passphraseFile or passphraseCommand'],
    ['a passphrase from nowhere', { passphraseFile: undefined }, 'passphraseFile or passphraseCommand'],
  ])('refuses %s', (_, changes, message) => {
    expect(() => parseConfig({ ...config, ...changes })).toThrow(message);
  });

  it('takes RPCs that stand still for stale in production', () => {
    expect(parseConfig(config).maxHeadAgeSeconds).toBe(0);
    expect(parseConfig({ ...config, ...production }).maxHeadAgeSeconds).toBe(60);
    expect(parseConfig({ ...config, ...production, maxHeadAgeSeconds: 20 }).maxHeadAgeSeconds).toBe(20);
  });

  it('accepts one RPC only when that is said out loud', () => {
    const one = { ...config, rpcUrls: { baseSepolia: ['http://127.0.0.1:1'] } };
    expect(parseConfig(one, { SINGLE_RPC: '1' }).singleRpc).toBe(true);
  });

  it('refuses a dealt key in production, unless one operator is said out loud', () => {
    const live = { ...config, ...production };
    const share = shares[0]!;
    expect(() => assertMayStart(parseConfig(live), share)).toThrow('SINGLE_OPERATOR=1');
    expect(() => assertMayStart(parseConfig(live, { SINGLE_OPERATOR: '1' }), share)).not.toThrow();
    expect(() => assertMayStart(parseConfig(live), { ...share, origin: 'dkg' })).not.toThrow();
    expect(() => assertMayStart(parseConfig(config), share)).not.toThrow();
  });

  it('refuses a share of another network or another index', () => {
    expect(() => assertMayStart(parseConfig(config), deal({ n: 3, t: 2 }).shares[0]!)).toThrow('another network key');
    expect(() => assertMayStart(parseConfig(config), shares[1]!)).toThrow('index 2');
  });

  describe('on disk', () => {
    let folder: string;
    beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'allod-config-'))));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('finds its files next to it', () => {
      const path = join(folder, 'keeper.json');
      writeFileSync(path, JSON.stringify(config));
      expect(loadConfig(path, {})).toMatchObject({
        shareFile: join(folder, 'share-1.json'),
        dataDir: join(folder, 'data'),
      });
    });

    it('reads a passphrase that nobody else may read', () => {
      const passphraseFile = join(folder, 'passphrase');
      writeFileSync(passphraseFile, 'a long passphrase\n', { mode: 0o600 });
      expect(readPassphrase({ passphraseFile })).toBe('a long passphrase');
      chmodSync(passphraseFile, 0o644);
      expect(() => readPassphrase({ passphraseFile })).toThrow('mode 600');
      writeFileSync(passphraseFile, 'short');
      chmodSync(passphraseFile, 0o600);
      expect(() => readPassphrase({ passphraseFile })).toThrow('no usable passphrase');
    });

    it('asks a program for the passphrase, without a shell, and does not start when the program fails', () => {
      const program = join(folder, 'kms-client.mjs');
      writeFileSync(program, 'console.log(`passphrase of ${process.argv[2]}`)');
      const passphraseCommand = [process.execPath, program, 'key-1; echo no'];
      expect(readPassphrase({ passphraseCommand })).toBe('passphrase of key-1; echo no');
      writeFileSync(program, 'process.exit(3)');
      expect(() => readPassphrase({ passphraseCommand })).toThrow();
      writeFileSync(program, '');
      expect(() => readPassphrase({ passphraseCommand })).toThrow('no usable passphrase');
    });
  });
});
