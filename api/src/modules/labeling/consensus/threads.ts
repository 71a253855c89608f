import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';

/**
 * Threads of one module, started when they are first needed, ended when they were idle for a minute. A call names an
 * exported function; its argument and its result are copied, so they must be plain data.
 */
export const threadsOf = (module: URL, size = Math.max(1, availableParallelism() - 1)): Piscina =>
  new Piscina({ filename: module.href, minThreads: 0, maxThreads: size, idleTimeout: 60_000 });

/** A module beside `here` in the form in which `here` itself runs: TypeScript in tests and tools, else built. */
export const beside = (here: string, name: string): URL => new URL(`${name}${here.slice(here.lastIndexOf('.'))}`, here);
