import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSource } from '../../../mobile-sdk/src/platform/node/fileSource.ts';
import { inTurn, median, ratioOf, wallSeconds } from './figures.ts';
import { startTus } from './tus-client.ts';
import type { World } from './world.ts';

const MEGABYTE = 1_000_000;

/**
 * One file from plaintext on the device to a committed contribution, against writing, hashing and syncing it once, and against tus.
 */
export async function measureUpload(world: World, megabytes: number, rounds: number, say: (text: string) => void) {
  const { contributor, datasetId, folder } = world;
  const file = join(folder, 'plain.bin');
  makeFile(file, megabytes);
  const tusFolder = join(folder, 'tus');
  const tus = await startTus(tusFolder);
  try {
    const seconds = await inTurn(
      [
        { name: 'write + SHA-256 + fsync', round: () => wallSeconds(() => writeHashSync(file, join(folder, 'copy'))) },
        { name: 'contribute', round: () => wallSeconds(async () => contribute()) },
        { name: 'tus', round: () => wallSeconds(() => tus.spooled(file, join(folder, 'spool'))).finally(forgetTus) },
        { name: 'tus without a spool', round: () => wallSeconds(() => tus.streamed(file)).finally(forgetTus) },
      ],
      rounds,
    );
    for (const [name, figures] of Object.entries(seconds))
      say(
        `${name}: ${Math.round(megabytes / median(figures))} MB/s (${figures.map((s) => s.toFixed(2)).join(', ')} s)`,
      );
    return {
      uploadRatio: ratioOf(seconds['write + SHA-256 + fsync']!, seconds['contribute']!),
      tusRatio: ratioOf(seconds['tus']!, seconds['contribute']!),
      tusStreamRatio: ratioOf(seconds['tus without a spool']!, seconds['contribute']!),
    };
  } finally {
    await tus.stop();
  }

  function forgetTus(): void {
    rmSync(tusFolder, { recursive: true, force: true });
  }
  async function contribute(): Promise<void> {
    const bytes = await fileSource(file);
    const { contributions } = await contributor.contribute({
      datasetId,
      items: [{ bytes, mediaType: 'application/octet-stream' }],
    });
    if (contributions[0]?.size !== megabytes * MEGABYTE + Math.ceil((megabytes * MEGABYTE) / 1_048_544) * 32)
      throw new Error(`the API stored ${contributions[0]?.size} bytes`);
  }
}

function makeFile(path: string, megabytes: number): void {
  const file = openSync(path, 'w');
  for (let i = 0; i < megabytes; i++) writeSync(file, randomBytes(MEGABYTE));
  fsyncSync(file);
  closeSync(file);
}

async function writeHashSync(from: string, to: string): Promise<void> {
  const [source, target] = [await open(from, 'r'), await open(to, 'w')];
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    await target.write(buffer, 0, bytesRead);
  }
  await target.sync();
  await Promise.all([source.close(), target.close()]);
  hash.digest();
  await unlink(to);
}
