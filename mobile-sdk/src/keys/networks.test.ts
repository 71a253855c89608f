import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type DeploymentRecord, networksOf, sourceOf } from '../../scripts/network-table.ts';
import { shippedNetworks } from './networks.generated.ts';
import { networkOf } from './networks.ts';

const names = [
  'DatasetRegistry',
  'ConsentRegistry',
  'ContributionRegistry',
  'LicenseVault',
  'LabelEscrow',
  'AccessPolicy',
  'KeeperRegistry',
  'TestUSD',
];
const addressOf = (i: number): string => `0x${String(i + 1).padStart(40, '0')}`;
const networkKey = `0x${'ab'.repeat(48)}`;
/** A record as `npm run deploy` and `deploy:keys` write it. */
const record = (changes: Partial<DeploymentRecord> = {}): DeploymentRecord =>
  ({
    chainId: 8453,
    startBlock: 1,
    audit: null,
    options: {},
    contracts: Object.fromEntries(
      names.map((name, i) => [
        name,
        { address: addressOf(i), constructorArguments: [], creationCodeHash: null, codeHash: '0x' },
      ]),
    ),
    keyNetwork: { chain: 'base', networkKey },
    ...changes,
  }) as unknown as DeploymentRecord;

describe('the networks that the SDK ships', () => {
  it('follow from the deployment records: chain, contracts, registry and network key', () => {
    const [network, ...rest] = networksOf([record()]);
    expect(rest).toEqual([]);
    expect(network!.keys).toEqual({ chainId: 8453, chain: 'base', networkKey, keeperRegistry: addressOf(6) });
    expect(network!.chain).toMatchObject({ chainId: 8453, name: 'base' });
    expect(Object.keys(network!.chain.contracts)).toEqual(names.slice(0, 7));
    expect(networkOf(8453, networksOf([record()]))).toEqual(network);
  });

  it('are sorted by chain, and one without a network key is not shipped', () => {
    const others = [record({ chainId: 84532 }), record(), record({ chainId: 10, keyNetwork: undefined as never })];
    expect(networksOf(others).map(({ chain }) => chain.chainId)).toEqual([8453, 84532]);
  });

  it.each<[string, Partial<DeploymentRecord>]>([
    ['a development chain', { chainId: 31337 }],
    ['a network key of another length', { keyNetwork: { chain: 'base', networkKey: '0xab' } }],
    ['an address that is none', { contracts: { ...record().contracts, KeeperRegistry: { address: '0x1' } as never } }],
    ['a contract missing', { contracts: {} as never }],
  ])('refuse a record with %s', (_, changes) => {
    expect(() => networksOf([record(changes)])).toThrow();
  });

  it('are those of contracts/deployments, as committed', () => {
    const folder = new URL('../../../contracts/deployments/', import.meta.url);
    const records = readdirSync(folder)
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as DeploymentRecord);
    expect(shippedNetworks).toEqual(networksOf(records));
  });

  it('are written as a module that holds the same table', async () => {
    const source = sourceOf(networksOf([record()]));
    const table = /= (\[[\s\S]*\]);/.exec(source)![1]!;
    expect(JSON.parse(table)).toEqual(networksOf([record()]));
  });

  it('name no chain that is not shipped', () => {
    expect(() => networkOf(31337)).toThrow(expect.objectContaining({ code: 'UNKNOWN_NETWORK' }));
  });
});
