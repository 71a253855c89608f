import { TransportError } from '../errors/api.ts';
import type { Platform } from '../platform/ports.ts';

/** Milliseconds that an answer may take, besides the time that its bytes need. */
const PATIENCE = 30_000;
/** Bytes per second of the slowest network that is waited for: 64 kbit/s. */
const SLOWEST = 8 * 1024;
/** Bytes that an answer is taken to have while it does not say how many. */
const UNANNOUNCED = 1 << 20;

/** A whole HTTP answer. */
export interface Answer {
  ok: boolean;
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface ExchangeOptions {
  /** Who is asked, for the message of the error. */
  peer: string;
  /** Milliseconds without progress that are borne. Default 30 s. */
  patience?: number;
}

/**
 * One HTTP request and its whole answer. A connection that breaks anywhere, also in the middle of the answer, that stalls, or whose
 * network goes away below it ends as a retryable {@link TransportError}: a phone that left the Wi-Fi would else wait for minutes
 * for an answer to a socket that is gone.
 */
export async function exchange(
  platform: Pick<Platform, 'fetch' | 'device'>,
  url: string,
  init: RequestInit,
  { peer, patience = PATIENCE }: ExchangeOptions,
): Promise<Answer> {
  const ending = new AbortController();
  const deadline = new Deadline(ending, patience);
  const forget = onNetworkChange(platform, () => ending.abort(new TransportError('the network changed')));
  const ended = new Promise<never>((_, reject) =>
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason as Error), { once: true }),
  );
  ended.catch(() => undefined);
  try {
    deadline.extend(sizeOf(init.body));
    const response = await Promise.race([platform.fetch(url, { ...init, signal: ending.signal }), ended]);
    deadline.extend(Number(response.headers.get('content-length') ?? UNANNOUNCED));
    const bytes = new Uint8Array(await Promise.race([response.arrayBuffer(), ended]));
    return { ok: response.ok, status: response.status, headers: response.headers, bytes };
  } catch (cause) {
    const reason = ending.signal.aborted ? (ending.signal.reason as Error) : cause;
    const networkChanged = reason instanceof TransportError;
    throw new TransportError(`${peer} cannot be reached`, {
      cause: reason,
      ...(networkChanged ? { retryAfter: 0 } : {}),
    });
  } finally {
    deadline.clear();
    forget();
  }
}

/** Aborts when no progress was reported for too long. */
class Deadline {
  readonly #ending: AbortController;
  readonly #patience: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ending: AbortController, patience: number) {
    this.#ending = ending;
    this.#patience = patience;
  }

  /** Allows the time that `bytes` more bytes need. */
  extend(bytes: number): void {
    this.clear();
    const ms = this.#patience + (bytes * 1000) / SLOWEST;
    this.#timer = setTimeout(() => this.#ending.abort(new Error(`no answer within ${Math.round(ms)} ms`)), ms);
    // Node would wait for it before it exits; other platforms have no such thing.
    (this.#timer as { unref?: () => void }).unref?.();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** Calls back when the device is on another kind of network than now. @returns a function that stops it */
function onNetworkChange({ device }: Pick<Platform, 'device'>, changed: () => void): () => void {
  if (!device?.subscribe) return () => undefined;
  const before = device.network();
  before.catch(() => undefined);
  return device.subscribe(() => {
    void Promise.all([before, device.network()]).then(
      ([old, current]) => void (old !== current && changed()),
      () => undefined,
    );
  });
}

function sizeOf(body: RequestInit['body']): number {
  if (typeof body === 'string') return body.length;
  return ArrayBuffer.isView(body) ? body.byteLength : 0;
}
