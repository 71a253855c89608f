import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeeperEndpoint } from '../../keys/keeper-registry.ts';
import { makeCertificate } from '../../../../infra/keepers/src/testing/certificate.ts';
import { pinnedFetch, tlsKeyHashOf } from './pinnedFetch.ts';

describe('a keeper whose TLS key the registry names', () => {
  const certificate = makeCertificate();
  const requests: string[] = [];
  let server: Server;
  let keeper: KeeperEndpoint;

  beforeAll(async () => {
    server = createServer(certificate, (request, response) => {
      request.on('data', (chunk: Buffer) => requests.push(chunk.toString()));
      request.on('end', () => response.writeHead(418).end(JSON.stringify({ path: request.url })));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    keeper = {
      index: 1,
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      commitment: '0x',
      organization: 'one',
      tlsKeyHash: tlsKeyHashOf(new X509Certificate(certificate.cert)),
      active: true,
    };
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const post = (to: KeeperEndpoint) =>
    pinnedFetch(to)(`${to.url}/allod/v1/keys`, { method: 'POST', headers: { 'x-a': 'b' }, body: 'a session' });

  it('is reached with that key, whoever signed its certificate', async () => {
    const response = await post(keeper);
    expect(response.status).toBe(418);
    expect(await response.json()).toEqual({ path: '/allod/v1/keys' });
    expect(requests.splice(0)).toEqual(['a session']);
  });

  it('is not reached, and is sent nothing, when another key answers at its address', async () => {
    await expect(post({ ...keeper, tlsKeyHash: `0x${'12'.repeat(32)}` })).rejects.toThrow('the registry names');
    expect(requests).toEqual([]);
  });

  it('is held to certificate authorities when the registry names no key', async () => {
    await expect(post({ ...keeper, tlsKeyHash: `0x${'00'.repeat(32)}` })).rejects.toThrow('fetch failed');
    expect(requests).toEqual([]);
  });

  it('can be given up on', async () => {
    const aborted = AbortSignal.abort(new Error('no answer'));
    await expect(pinnedFetch(keeper)(`${keeper.url}/health`, { signal: aborted })).rejects.toThrow();
  });
});
