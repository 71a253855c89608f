/**
 * `npm run memory -w @allod/sdk [-- --megabytes 2000] [--runs 1] [--json]`: contributes a file that is never whole in memory, from
 * plaintext through the encrypted queue to a server that takes its blocks, and prints how far the process grew over its size before,
 * the largest of all runs last. Exit code 1 above 64 MB.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesFetch } from '../src/platform/node/bytesFetch.ts';
import { fileSource } from '../src/platform/node/fileSource.ts';
import { nodePlatform } from '../src/platform/node/platform.ts';
import type { Platform } from '../src/platform/ports.ts';
import { consentTo, createWorld, DATASET, seedOf } from '../src/testing/fixtures.ts';

const LIMIT = 64;
const MEGABYTE = 1_000_000;

/** A server in a process of its own that reads what is PUT and says yes. */
const SINK = `const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(201).end('{}'));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '2000' },
    runs: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const megabytes = Number(values.megabytes);

/** Highest resident size of this process until now, in MB. */
const peak = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1000;

/** One measurement; the figure is only right in a process that has done nothing else. */
async function measure(): Promise<{ queuedMB: number; rssMB: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'allod-memory-'));
  const sink: ChildProcess = spawn(process.execPath, ['-e', SINK], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(sink.stdout!, 'data')) as [Buffer];
    const world = createWorld();
    const platform: Platform = {
      ...nodePlatform(join(folder, 'device')),
      fetch: async (url, init) => {
        const cid = /\/blocks\/(\w+)$/.exec(url)?.[1];
        if (cid === undefined) return world.api.fetch(url, init);
        world.api.blocks.set(cid, new Uint8Array());
        return bytesFetch(`http://127.0.0.1:${Number(port.toString())}/${cid}`, init);
      },
    };
    const client = world.client({ seed: seedOf(1), platform });
    await consentTo(client, ['TRAIN']);
    const path = join(folder, 'file');
    const contribute = async (size: number): Promise<number> => {
      const random = randomBytes(MEGABYTE);
      for (let i = 0; i < size; i++) appendFileSync(path, random);
      const items = [{ bytes: await fileSource(path), mediaType: 'application/octet-stream' }];
      await client.contribute({ datasetId: DATASET, items, until: 'queued' });
      const queued = peak();
      const { committed, waiting } = await client.resume();
      if (committed.length !== 1 || waiting.length > 0) throw new Error('the batch was not committed');
      return queued;
    };
    // Code is compiled, caches and the memory of blocks on their way are filled before the baseline is taken.
    await contribute(4);
    const before = peak();
    const queued = await contribute(megabytes - 4);
    await client.close();
    return { queuedMB: queued - before, rssMB: peak() - before };
  } finally {
    sink.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

const runs = Number(values.runs);
if (runs > 1) {
  let largest = 0;
  for (let run = 0; run < runs; run++) {
    const args = [import.meta.filename, '--megabytes', values.megabytes, '--json'];
    const { stdout, status } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (status === null || stdout === '') throw new Error('a run ended without a figure');
    const figures = JSON.parse(stdout) as { queuedMB: number; rssMB: number };
    console.log(`run ${run + 1} of ${runs}: ${figures.rssMB} MB above baseline (${figures.queuedMB} MB when queued)`);
    largest = Math.max(largest, figures.rssMB);
  }
  console.log(`${megabytes} MB, largest of ${runs} runs: ${largest} MB above baseline (limit ${LIMIT})`);
  process.exitCode = largest > LIMIT ? 1 : 0;
} else {
  const { queuedMB, rssMB } = await measure();
  const [queued, whole] = [Number(queuedMB.toFixed(1)), Number(rssMB.toFixed(1))];
  console.log(
    values.json
      ? JSON.stringify({ queuedMB: queued, rssMB: whole })
      : `${megabytes} MB: ${whole} MB above baseline, ${queued} MB when it was queued (limit ${LIMIT})`,
  );
  process.exitCode = rssMB > LIMIT ? 1 : 0;
}
