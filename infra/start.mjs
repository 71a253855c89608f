import { fileURLToPath } from 'node:url';
import { buildStale } from './build.mjs';

/** Builds what is stale, then becomes the development stack. */
export async function run(args) {
  const main = fileURLToPath(new URL('./dev/src/main.ts', import.meta.url));
  await buildStale({ log: (line) => process.stdout.write(`${line}\n`) });
  process.argv = [process.argv[0], main, ...args];
  const { main: start } = await import(main);
  return start(args);
}
