import { describe, expect, it } from '@jest/globals';
import { loadEnv } from './env.ts';

const address = (n: number) => `0x${String(n).padStart(40, '0')}`;
const names = [
  'DatasetRegistry',
  'ConsentRegistry',
  'ContributionRegistry',
  'LicenseVault',
  'LabelEscrow',
  'AccessPolicy',
];
const addresses = Object.fromEntries(names.map((name, i) => [name, address(i + 1)]));
const minimal = {
  DATABASE_URL: 'postgres://localhost/allod',
  CHAIN_RPC_URLS: 'http://a, http://b',
  CHAIN_ID: '8453',
  CONTRACTS: JSON.stringify(addresses),
  STORE_DIR: '/tmp/store',
};

describe('configuration', () => {
  it('needs five settings and has defaults for the rest', () => {
    const env = loadEnv(minimal);
    expect(env).toMatchObject({
      CHAIN_RPC_URLS: ['http://a', 'http://b'],
      API_PORT: 4000,
      CONFIRMATIONS: 2,
      CONTRACTS: addresses,
    });
  });

  it('reads a deployment file with its start block', () => {
    const env = loadEnv({ ...minimal, CONTRACTS: JSON.stringify({ addresses, startBlock: 7 }) });
    expect(env.START_BLOCK).toBe(7);
    expect(env.CONTRACTS).toEqual(addresses);
  });

  it.each(['DATABASE_URL', 'CHAIN_RPC_URLS', 'CHAIN_ID', 'CONTRACTS', 'STORE_DIR'])(
    'names %s when it is missing',
    (name) => {
      expect(() => loadEnv({ ...minimal, [name]: undefined })).toThrow(name);
    },
  );
});
