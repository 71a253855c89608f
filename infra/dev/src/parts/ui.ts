import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
};

/** Serves a built single-page app and the `/config.json` that tells it where this stack lives. */
export class UiServer {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #config: () => unknown;
  #server: Server | undefined;

  constructor(options: { folder: string; port: number; config: () => unknown }) {
    this.#folder = options.folder;
    this.#port = options.port;
    this.#config = options.config;
    this.url = `http://127.0.0.1:${options.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      response.setHeader('x-content-type-options', 'nosniff');
      response.setHeader('referrer-policy', 'no-referrer');
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405).end();
        return;
      }
      let path: string;
      try {
        path = normalize(decodeURIComponent(new URL(request.url ?? '/', this.url).pathname));
      } catch {
        response.writeHead(400).end();
        return;
      }
      if (path === '/config.json') {
        response.writeHead(200, { 'content-type': TYPES['.json'], 'cache-control': 'no-store' });
        response.end(JSON.stringify(this.#config(), null, 2));
        return;
      }
      const asked = join(this.#folder, path);
      const isFile = asked.startsWith(this.#folder) && existsSync(asked) && statSync(asked).isFile();
      if (!isFile && extname(path) !== '') {
        response.writeHead(404).end();
        return;
      }
      const file = isFile ? asked : join(this.#folder, 'index.html');
      const cache = file.includes(`${join(this.#folder, 'assets')}/`)
        ? 'public, max-age=31536000, immutable'
        : 'no-cache';
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'cache-control': cache,
      });
      if (request.method === 'HEAD') response.end();
      else
        createReadStream(file)
          .on('error', () => response.destroy())
          .pipe(response);
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
