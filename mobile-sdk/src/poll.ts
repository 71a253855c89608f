import { TimeoutError } from './errors/api.ts';
import type { Clock } from './platform/ports.ts';

export interface PollOptions {
  /** Milliseconds after which TIMEOUT is thrown; default 60,000. */
  timeout?: number;
  /** Milliseconds between two looks at first; grows by half each time up to 5 s. Default 500. */
  interval?: number;
  signal?: AbortSignal;
}

/** Looks again and again until there is something to see. */
export async function poll<T>(
  clock: Clock,
  what: string,
  look: () => Promise<T | undefined>,
  options: PollOptions = {},
): Promise<T> {
  const { timeout = 60_000, interval = 500, signal } = options;
  const end = clock.now() + timeout;
  for (let wait = interval; ; wait = Math.min(wait * 1.5, 5000)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (clock.now() + wait > end) throw new TimeoutError(what);
    await clock.sleep(wait, signal);
  }
}
