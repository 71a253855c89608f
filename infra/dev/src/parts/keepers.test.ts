import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keeperWarnings } from './keepers.ts';

describe('what keepers say of themselves', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const keeper = async (health: object): Promise<string> => {
    const server = createServer((_, response) => response.end(JSON.stringify(health))).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  test('is passed on when one of them runs under an exception', async () => {
    const urls = await Promise.all([
      keeper({ singleOperator: false, singleRpc: false }),
      keeper({ singleOperator: true, singleRpc: false }),
    ]);
    expect(await keeperWarnings(urls)).toEqual([expect.stringContaining('SINGLE_OPERATOR=1')]);
    const both = [...urls, await keeper({ singleRpc: true })];
    expect(await keeperWarnings(both)).toEqual([
      expect.stringContaining('SINGLE_OPERATOR=1'),
      expect.stringContaining('SINGLE_RPC=1'),
    ]);
  });

  test('is nothing when none does, or one does not answer', async () => {
    const url = await keeper({ singleOperator: false, singleRpc: false });
    expect(await keeperWarnings([url, 'http://127.0.0.1:1'])).toEqual([]);
  });
});
