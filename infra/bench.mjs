import { buildStale } from './build.mjs';

/** Every bench by name; each is a module with `run(args)` that prints its figures and returns the exit code. */
const BENCHES = {
  contribute: '../test/bench/contribute/main.ts',
  flood: '../test/bench/flood/main.ts',
  gas: '../test/bench/gas/main.ts',
  keys: '../test/bench/keys/main.ts',
  labels: '../test/bench/labels/main.ts',
  'labels-loso': '../test/bench/labels/loso.ts',
};

/** Benches that start the api as it is built. */
const ON_BUILT_API = new Set(['contribute']);

export async function run([name, ...args]) {
  const file = BENCHES[name];
  if (!file) {
    process.stderr.write(`bench: which one? known: ${Object.keys(BENCHES).join(', ')}\n`);
    return 2;
  }
  if (ON_BUILT_API.has(name)) await buildStale({ only: ['api'] });
  const { run: bench } = await import(file);
  return bench(args);
}
