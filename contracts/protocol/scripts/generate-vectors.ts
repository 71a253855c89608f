import { readFileSync, writeFileSync } from 'node:fs';
import { files } from './vectors.ts';

/** Writes `vectors/*.json`; with `--check` only compares and exits 1 when a committed file differs. */
const check = process.argv.includes('--check');
const stale: string[] = [];

const read = (url: URL): string | undefined => {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
};

for (const [name, build] of Object.entries(files)) {
  const url = new URL(`../vectors/${name}`, import.meta.url);
  const text = `${JSON.stringify(await build(), null, 2)}\n`;
  if (read(url) === text) continue;
  if (check) stale.push(name);
  else writeFileSync(url, text);
}
for (const name of stale) process.stdout.write(`stale: vectors/${name} (run npm run generate)\n`);
process.exitCode = stale.length === 0 ? 0 : 1;
