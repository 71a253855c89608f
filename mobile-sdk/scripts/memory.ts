/**
 * `npm run memory -w @allod/sdk [-- MEGABYTES]`: encrypts and queues a file (default 2,000 MB) that is never whole in memory, and
 * prints how far the process grew over its size before. Exit code 1 above 64 MB.
 */
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealItem } from '../src/crypto/sealItem.ts';
import { fileSource } from '../src/platform/node/fileSource.ts';
import { FileStore } from '../src/platform/node/fileStore.ts';

const LIMIT = 64;
const size = Number(process.argv[2] ?? 2000);
const id = `0x${'11'.repeat(32)}`;
const folder = mkdtempSync(join(tmpdir(), 'allod-memory-'));
const store = new FileStore(join(folder, 'queue'));
const path = join(folder, 'file');

/** Highest resident size of this process until now, in MB. */
const peak = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1000;

const seal = async (): Promise<string> => {
  const source = await fileSource(path);
  const item = { plain: source, dek: new Uint8Array(32), contributionId: id, datasetId: id, schemaHash: id };
  const sealed = await sealItem(item, async (cid, bytes) => {
    await store.put('spool/leaf', bytes);
    hash.update(cid);
  });
  return sealed.cid;
};
const hash = createHash('sha256');
try {
  const megabyte = randomBytes(1_000_000);
  for (let i = 0; i < 4; i++) appendFileSync(path, megabyte);
  await seal();
  const before = peak();
  for (let i = 4; i < size; i++) appendFileSync(path, megabyte);
  const cid = await seal();
  const grown = peak() - before;
  console.log(`${size} MB as ${cid}: ${grown.toFixed(1)} MB above baseline (limit ${LIMIT})`);
  process.exitCode = grown > LIMIT ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
