import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forget, readBlock } from './block-body.ts';

const LIMIT = 300_000;

describe('the body of a block', () => {
  const server = createServer((incoming, response) => {
    readBlock(incoming, LIMIT).then(
      (body) => response.end(body),
      (error: { statusCode?: number }) =>
        response.writeHead(error.statusCode ?? 500, { connection: 'close' }).end(String(error)),
    );
  });
  let port: number;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function send(body: Buffer, headers: Record<string, string | number> = {}) {
    const outgoing = request({ port, host: '127.0.0.1', method: 'PUT', headers });
    outgoing.on('error', () => undefined);
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    return { status: response.statusCode, body: Buffer.concat(parts) };
  }

  it.each([0, 1, 65_536, 200_001, LIMIT])(
    'of %d bytes arrives as it was sent, with and without its length',
    async (size) => {
      const body = randomBytes(size);
      const ways: Record<string, string | number>[] = [{ 'content-length': size }, { 'transfer-encoding': 'chunked' }];
      for (const headers of ways) {
        const answer = await send(body, headers);
        expect(answer.status === 200 ? 'as sent' : answer.body.toString()).toBe('as sent');
        expect(answer.body.equals(body)).toBe(true);
      }
    },
  );

  it('is refused above the limit, announced or not', async () => {
    const body = randomBytes(LIMIT + 1);
    expect((await send(body, { 'content-length': body.length })).status).toBe(413);
    expect((await send(body, { 'transfer-encoding': 'chunked' })).status).toBe(413);
  });

  it('gives back memory of its own and leaves shared memory alone', () => {
    const own = Buffer.allocUnsafeSlow(100_000);
    forget(own);
    expect(own.length).toBe(0);
    const shared = Buffer.allocUnsafeSlow(100_000).subarray(0, 50_000);
    forget(shared);
    expect(shared.length).toBe(50_000);
  });
});
