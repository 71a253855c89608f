import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, stat, unlink } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const SEGMENT = 1 << 20;
const TAG = 16;

export interface TusPeer {
  /** Seals a file into `spool`, synced, then sends the spool: as ours, it survives a kill without encrypting anew. */
  spooled(file: string, spool: string): Promise<void>;
  /** Seals while it sends and keeps nothing: faster, and lost when the process dies. */
  streamed(file: string): Promise<void>;
  stop(): Promise<void>;
}

/** A tus server in a process of its own, and a client that uses one PATCH, the fastest that tus can be. */
export async function startTus(directory: string): Promise<TusPeer> {
  const script = fileURLToPath(new URL('tus-server.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout!, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${Number(first.toString())}/files`;
  const agent = new Agent({ keepAlive: true });

  const send = async (body: Readable, size: number, digest: () => string): Promise<void> => {
    const headers = { 'tus-resumable': '1.0.0' };
    const create = request(url, { agent, method: 'POST', headers: { ...headers, 'upload-length': size } });
    create.end();
    const [created] = (await once(create, 'response')) as [import('node:http').IncomingMessage];
    created.resume();
    const patch = request(new URL(created.headers.location!, url), {
      agent,
      method: 'PATCH',
      headers: {
        ...headers,
        'upload-offset': 0,
        'content-length': size,
        'content-type': 'application/offset+octet-stream',
      },
    });
    const answered = once(patch, 'response') as Promise<[import('node:http').IncomingMessage]>;
    await pipeline(body, patch);
    const [done] = await answered;
    done.resume();
    if (done.statusCode !== 204 || done.headers['x-sha256'] !== digest())
      throw new Error(`tus answered ${done.statusCode}, hash ${done.headers['x-sha256']}`);
  };

  return {
    spooled: async (file, spool) => {
      const hash = createHash('sha256');
      const out = await open(spool, 'w');
      for await (const part of sealed(file)) {
        hash.update(part);
        await out.write(part);
      }
      await out.sync();
      await out.close();
      const { size } = await stat(spool);
      await send(createReadStream(spool, { highWaterMark: SEGMENT }), size, () => hash.digest('hex'));
      await unlink(spool);
    },
    streamed: async (file) => {
      const hash = createHash('sha256');
      const { size } = await stat(file);
      const body = async function* () {
        for await (const part of sealed(file)) {
          hash.update(part);
          yield part;
        }
      };
      const all = size + Math.ceil(size / SEGMENT) * TAG;
      await send(Readable.from(body(), { objectMode: false, highWaterMark: SEGMENT }), all, () => hash.digest('hex'));
    },
    stop: async () => {
      agent.destroy();
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** A file in segments of 1 MiB, each under AES-256-GCM by WebCrypto. */
async function* sealed(path: string): AsyncGenerator<Uint8Array> {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const file = await open(path, 'r');
  const buffer = new Uint8Array(SEGMENT);
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, SEGMENT);
      if (bytesRead === 0) return;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      yield new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, buffer.subarray(0, bytesRead)));
    }
  } finally {
    await file.close();
  }
}
