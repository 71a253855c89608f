import type { ClientContext } from '../context.ts';
import { TransportError } from '../errors/api.ts';
import { retryAt } from '../upload/sendBatch.ts';
import { resume } from './resume.ts';

/** Milliseconds before the first and between the last tries while something waits. */
const FIRST = 5_000;
const LONGEST = 3_600_000;

/**
 * Keeps the queue moving for as long as the client is open: now, when network or power change, and while something waits after
 * 5 s, 10 s, … up to an hour, or when the server or the data cap allow it again. Call it once at the start of the app.
 *
 * @returns a function that stops it; `close()` stops it too
 * @example
 * const stop = client.startUploads();
 * stop();
 */
export function startUploads(client: ClientContext): () => void {
  const { clock, device } = client.platform;
  const stopped = new AbortController();
  const stop = (): void => stopped.abort(new Error('uploads were stopped'));
  client.closing.addEventListener('abort', stop, { once: true });
  let running = false;
  let again = false;
  let timer: AbortController | undefined;
  let wait = FIRST;

  const run = async (): Promise<void> => {
    if (stopped.signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    running = true;
    timer?.abort(new Error('replaced'));
    const { waiting, rewrapFailures } = await resume(client).catch(() => ({
      waiting: [{ error: undefined }],
      rewrapFailures: [],
    }));
    running = false;
    if (stopped.signal.aborted) return;
    if (again) {
      again = false;
      return run();
    }
    const retryable: { error?: unknown }[] = [
      ...waiting.filter(({ error }) => error === undefined || error instanceof Error),
      ...rewrapFailures.filter(({ error }) => error instanceof TransportError),
    ];
    if (retryable.length === 0) {
      wait = FIRST;
      return;
    }
    const earliest = Math.min(...retryable.map(({ error }) => retryAt(client, error) ?? 0));
    const pause = Math.min(Math.max(wait, earliest - clock.now()), LONGEST);
    wait = Math.min(wait * 2, LONGEST);
    timer = new AbortController();
    clock.sleep(pause, timer.signal).then(run, () => undefined);
  };

  const changed = (): void => {
    wait = FIRST;
    void run();
  };
  const unsubscribe = device?.subscribe?.(changed);
  stopped.signal.addEventListener(
    'abort',
    () => {
      unsubscribe?.();
      timer?.abort(new Error('uploads were stopped'));
    },
    { once: true },
  );
  void run();
  return stop;
}
