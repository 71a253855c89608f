import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TransportError } from '../errors/api.ts';
import type { Network, Platform } from '../platform/ports.ts';
import { exchange } from './exchange.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Reachable = Pick<Platform, 'fetch' | 'device'>;
const node: Reachable = { fetch: (input, init) => globalThis.fetch(input, init) };

function wandering(): Reachable & { move(network: Network): void; readonly listeners: Set<() => void> } {
  let current: Network = 'wifi';
  const listeners = new Set<() => void>();
  return {
    ...node,
    listeners,
    device: {
      network: async () => current,
      charging: async () => true,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    move(network) {
      current = network;
      for (const listener of [...listeners]) listener();
    },
  };
}

const ask = (url: string, platform: Reachable = node, patience?: number): ReturnType<typeof exchange> =>
  exchange(platform, url, { method: 'PUT', body: 'x' }, 'the API', patience);

describe('exchange', () => {
  it('gives the whole answer, whatever its status', async () => {
    const url = await serve((_, response) => response.writeHead(507, { 'retry-after': '9' }).end('no room'));
    const answer = await ask(url);
    expect({ ok: answer.ok, status: answer.status, text: new TextDecoder().decode(answer.bytes) }).toEqual({
      ok: false,
      status: 507,
      text: 'no room',
    });
    expect(answer.headers.get('retry-after')).toBe('9');
  });

  it.each<[string, RequestListener]>([
    ['before the answer', (request) => request.socket.destroy()],
    [
      'in the middle of the answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => request.socket.destroy());
      },
    ],
  ])('a connection that breaks %s may be tried again', async (_, listener) => {
    await expect(ask(await serve(listener))).rejects.toMatchObject({ code: 'TRANSPORT_FAILED', retryable: true });
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    [
      'stops in the middle of its answer',
      (_, response) => void response.writeHead(200, { 'content-length': '5' }).write('h'),
    ],
  ])('does not wait for ever for a server that %s', async (_, listener) => {
    const failure = await ask(await serve(listener), node, 50).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportError);
    expect(failure).toMatchObject({ retryable: true, cause: { message: expect.stringContaining('no answer within') } });
  });

  it('gives up a request whose network went away below it, to be sent again at once over the new one', async () => {
    const platform = wandering();
    const url = await serve(() => platform.move('cellular'));
    await expect(ask(url, platform)).rejects.toMatchObject({ retryable: true, retryAfter: 0 });
    expect(platform.listeners.size).toBe(0);
  });

  it('goes on where only the charger was plugged in', async () => {
    const platform = wandering();
    const url = await serve((_, response) => {
      platform.move('wifi');
      setTimeout(() => response.end('done'), 20);
    });
    expect((await ask(url, platform)).status).toBe(200);
  });
});
