import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Fetch } from '../ports.ts';

/** Connections to one host; a client has four blocks on their way. */
const CONNECTIONS = { keepAlive: true, maxSockets: 8 };
const http = new HttpAgent(CONNECTIONS);
const https = new HttpsAgent(CONNECTIONS);

/**
 * `fetch` for Node. Bodies of bytes, which are blocks, go through `node:http`: the platform's own copies each of them three times,
 * which costs more than encrypting it. Redirections of them are not followed. Everything else is the platform's.
 */
export const bytesFetch: Fetch = (input, init) =>
  init?.body instanceof Uint8Array ? send(input, init, init.body) : globalThis.fetch(input, init);

async function send(input: string, init: RequestInit, body: Uint8Array): Promise<Response> {
  const secure = input.startsWith('https:');
  const options = {
    agent: secure ? https : http,
    method: init.method ?? 'POST',
    headers: { ...Object.fromEntries(new Headers(init.headers)), 'content-length': body.length },
    ...(init.signal ? { signal: init.signal } : {}),
  };
  for (;;) {
    const outgoing = (secure ? httpsRequest : httpRequest)(input, options);
    outgoing.end(body);
    try {
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
      return await responseOf(incoming);
    } catch (error) {
      // The server closed an idle connection at the moment when we used it: nothing is wrong.
      const { code } = error as NodeJS.ErrnoException;
      if (!outgoing.reusedSocket || code !== 'ECONNRESET' || options.method !== 'PUT') throw error;
    } finally {
      // The caller may use the bytes' memory again: what a server answered too early to have read is not sent.
      if (!outgoing.writableFinished) outgoing.destroy();
    }
  }
}

async function responseOf(incoming: IncomingMessage): Promise<Response> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  const status = incoming.statusCode ?? 502;
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(parts), { status, headers });
}
