import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Interface } from 'ethers';
import { KeeperRegistryAbi } from '@allod/contracts';
import { deal } from './dealer.ts';
import { createJsonRpc } from './json-rpc.ts';
import { assertKeeperSet, readKeeperSet } from './keeper-set.ts';
import type { KeeperSet } from './keeper-set.ts';

const { networkKey, shares, commitments } = deal({ n: 3, t: 2 });
const share = shares[0]!;

const setOf = (organizations: string[], changes: Partial<KeeperSet> = {}): KeeperSet => ({
  networkKey: networkKey.slice(2),
  threshold: 2,
  keepers: organizations.map((organization, i) => ({ commitment: commitments[i]!, organization, active: true })),
  ...changes,
});
const config = { networkKey: networkKey.slice(2), organization: 'north', singleOperator: false };

describe('the set that a keeper joins', () => {
  it('may start when no organization alone opens a key', () => {
    expect(() => assertKeeperSet(setOf(['north', 'south', 'east']), share, config)).not.toThrow();
  });

  it('is refused when one organization runs as many keepers as open a key, unless that is said out loud', () => {
    const set = setOf(['north', 'south', 'south']);
    expect(() => assertKeeperSet(set, share, config)).toThrow('"south" runs 2 of the keepers');
    expect(() => assertKeeperSet(set, share, { ...config, singleOperator: true })).not.toThrow();
    set.keepers[2]!.active = false;
    expect(() => assertKeeperSet(set, share, config)).not.toThrow();
  });

  it.each<[string, KeeperSet, string]>([
    ['another network', setOf(['north'], { networkKey: 'ab'.repeat(48) }), 'another network key'],
    ['another threshold', setOf(['north', 'south', 'east'], { threshold: 3 }), 'asks for 3 shares'],
    ['a set without this share', setOf([]), 'does not list this share'],
    ['a set that names another owner of this share', setOf(['south', 'north', 'east']), 'organization "south"'],
  ])('is refused in %s', (_, set, message) => {
    expect(() => assertKeeperSet(set, share, config)).toThrow(message);
    expect(() => assertKeeperSet(set, share, { ...config, singleOperator: true })).toThrow(message);
  });

  describe('is read from the registry', () => {
    const registry = new Interface(KeeperRegistryAbi);
    const keepers = ['north', 'south', 'east'].map((organization, i) => ({
      ...{ url: `https://keeper-${i}.example.org`, ip: 0, port: 443, nodeAddress: `0x${`0${i + 1}`.repeat(20)}` },
      ...{ commitment: commitments[i], organization, tlsKeyHash: `0x${'00'.repeat(32)}`, active: true },
    }));
    const truth: Record<string, unknown> = { networkKey, threshold: 2n, getKeepers: keepers };
    let servers: Server[];
    let urls: string[];
    let answers: Record<string, unknown>[];

    beforeEach(async () => {
      answers = [truth, truth];
      servers = [0, 1].map((i) =>
        createServer((request, response) => {
          void request.toArray().then((chunks) => {
            const calls = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as {
              id: number;
              params: [{ data: string }];
            }[];
            const results = calls.map(({ id, params: [{ data }] }) => {
              const { name } = registry.getFunction(data.slice(0, 10))!;
              const known = answers[i]![name];
              if (known === undefined) return { jsonrpc: '2.0', id, error: { message: 'reverted' } };
              return { jsonrpc: '2.0', id, result: registry.encodeFunctionResult(name, [known]) };
            });
            response.end(JSON.stringify(results));
          });
        }).listen(0, '127.0.0.1'),
      );
      await Promise.all(servers.map((server) => once(server, 'listening')));
      urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
    afterEach(() => servers.forEach((server) => server.close()));

    const read = () =>
      readKeeperSet(
        urls.map((url) => createJsonRpc(url, { timeoutMs: 5000 })),
        `0x${'77'.repeat(20)}`,
      );

    it('the same on every RPC', async () => {
      expect(await read()).toEqual(setOf(['north', 'south', 'east']));
    });

    it('not when one of them differs', async () => {
      answers = [truth, { ...truth, getKeepers: keepers.slice(1) }];
      await expect(read()).rejects.toThrow('do not agree');
    });

    it('not when there is no registry', async () => {
      answers = [{}, {}];
      await expect(read()).rejects.toThrow('does not answer');
    });
  });
});
