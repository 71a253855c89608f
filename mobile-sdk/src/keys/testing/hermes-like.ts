import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import type { createLightKeyGate } from '../light.ts';

/**
 * The light client as a script in a world of its own that has the language, timers, fetch and random bytes, but no
 * WebAssembly, no WebCrypto beyond random bytes, no Node globals, and none of the newer conveniences that Hermes lacks.
 */
export async function lightClientWithoutPlatform(): Promise<typeof createLightKeyGate> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../light.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'light',
    platform: 'browser',
    target: 'es2022',
  });
  const { fetch, setTimeout, clearTimeout, TextEncoder, TextDecoder, AbortController, atob, btoa, RangeError } =
    globalThis;
  const { location } = globalThis as { location?: unknown };
  const crypto = {
    getRandomValues: <T extends ArrayBufferView<ArrayBuffer>>(array: T) => globalThis.crypto.getRandomValues(array),
  };
  const platform = { fetch, setTimeout, clearTimeout, TextEncoder, TextDecoder, AbortController, atob, btoa };
  const context = createContext({ ...platform, crypto, location, RangeError });
  runInContext('delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer;', context);
  runInContext(outputFiles[0]!.text, context);
  const missing = runInContext(
    `[typeof WebAssembly, typeof process, typeof Buffer, typeof require, typeof AbortSignal, typeof crypto.subtle]`,
    context,
  ) as string[];
  if (missing.some((type) => type !== 'undefined'))
    throw new Error(`the world has more than it should: ${missing.join()}`);
  return runInContext('light.createLightKeyGate', context) as typeof createLightKeyGate;
}
