/**
 * Content hash of the scorer: SHA-256 over one line `<sha256 of the file>  <path>` per source file that decides a verdict,
 * sorted by path, which is what `sha256sum` prints. The files are those that the entries import, wherever they import from.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const FOLDER = 'src/modules/labeling/consensus';
const ENTRIES = [
  '../settlement.ts',
  'aggregate.ts',
  'dawid-skene.ts',
  'information-gate.ts',
  'stopping.ts',
  'verdict.ts',
  'vote-table.ts',
];
const IMPORT = /from '(\.[^']+)'/g;

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `read` is exchanged in a test. */
export async function scorerHash(
  root: string,
  read: (file: string) => Promise<Buffer> = (file) => readFile(file),
): Promise<{ hash: string; files: string[] }> {
  const lines = new Map<string, string>();
  const queue = ENTRIES.map((entry) => join(root, FOLDER, entry));
  while (queue.length > 0) {
    const file = queue.pop()!;
    const path = relative(root, file).replaceAll('\\', '/');
    if (lines.has(path)) continue;
    const bytes = await read(file);
    lines.set(path, `${sha256(bytes)}  ${path}\n`);
    for (const [, imported] of bytes.toString('utf8').matchAll(IMPORT)) queue.push(join(dirname(file), imported!));
  }
  const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : 1));
  return { hash: `0x${sha256(sorted.map(([, line]) => line).join(''))}`, files: sorted.map(([path]) => path) };
}
