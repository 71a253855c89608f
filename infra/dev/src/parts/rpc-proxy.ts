import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to the calls that pass through it. */
export type RpcFault =
  | { kind: 'none' }
  | { kind: 'down' }
  | { kind: 'slow'; ms: number }
  /** Answers with an HTTP 500. */
  | { kind: 'error' }
  /** Puts an answer of its own in the place of the node's, for the named method. */
  | { kind: 'lie'; method: string; answer: (params: unknown[], truth: unknown) => unknown };

interface Call {
  id?: unknown;
  method?: string;
  params?: unknown[];
}

/** A small JSON-RPC proxy in front of the chain. Keepers ask through two of them, so that a test can break either. */
export class RpcProxy {
  readonly url: string;
  readonly #target: string;
  readonly #port: number;
  #server: Server | undefined;
  #fault: RpcFault = { kind: 'none' };

  constructor(port: number, target: string) {
    this.#port = port;
    this.#target = target;
    this.url = `http://127.0.0.1:${port}`;
  }

  setFault(fault: RpcFault): void {
    this.#fault = fault;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#fault;
    if (fault.kind === 'down') {
      request.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (fault.kind === 'slow') await sleep(fault.ms);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (request.method !== 'POST') {
      response.writeHead(request.method === 'OPTIONS' ? 204 : 405).end();
      return;
    }
    if (fault.kind === 'error') {
      response.writeHead(500).end();
      return;
    }
    const body = Buffer.concat(chunks);
    const upstream = await fetch(this.#target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    let text = await upstream.text();
    if (fault.kind === 'lie') text = this.#lie(fault, body.toString('utf8'), text);
    response.writeHead(upstream.status, { 'content-type': 'application/json' }).end(text);
  }

  #lie(fault: Extract<RpcFault, { kind: 'lie' }>, asked: string, answered: string): string {
    const calls = JSON.parse(asked) as Call | Call[];
    const answers = JSON.parse(answered) as { id: unknown; result?: unknown } | { id: unknown; result?: unknown }[];
    const byId = new Map((Array.isArray(calls) ? calls : [calls]).map((call) => [call.id, call]));
    const twist = (answer: { id: unknown; result?: unknown }): unknown => {
      const call = byId.get(answer.id);
      if (call?.method !== fault.method) return answer;
      return { jsonrpc: '2.0', id: answer.id, result: fault.answer(call.params ?? [], answer.result) };
    };
    return JSON.stringify(Array.isArray(answers) ? answers.map(twist) : twist(answers));
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
