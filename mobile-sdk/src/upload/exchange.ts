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

/**
 * One HTTP request and its whole answer. A connection that breaks anywhere, also in the middle of the answer, that stalls, or whose
 * network goes away below it ends as a retryable {@link TransportError}: a phone that left the Wi-Fi would else wait for minutes
 * for an answer to a socket that is gone.
 *
 * @param peer who is asked, for the message of the error
 * @param patience milliseconds without progress that are borne
 */
export async function exchange(
  platform: Pick<Platform, 'fetch' | 'device'>,
  url: string,
  init: RequestInit,
  peer: string,
  patience = PATIENCE,
): Promise<Answer> {
  const ending = new AbortController();
  const { signal } = ending;
  const ended = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  );
  ended.catch(() => undefined);
  let networkChanged = false;
  const forget = onNetworkChange(platform, () => {
    networkChanged = true;
    ending.abort(new Error('the network changed'));
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expect = (bytes: number): void => {
    clearTimeout(timer);
    const ms = patience + (bytes * 1000) / SLOWEST;
    timer = setTimeout(() => ending.abort(new Error(`no answer within ${ms} ms`)), ms);
    // Node would wait for it before it exits; other platforms have no such thing.
    (timer as { unref?: () => void }).unref?.();
  };
  try {
    expect(sizeOf(init.body));
    const response = await Promise.race([platform.fetch(url, { ...init, signal }), ended]);
    const { ok, status, headers } = response;
    expect(Number(headers.get('content-length') ?? UNANNOUNCED));
    return { ok, status, headers, bytes: new Uint8Array(await Promise.race([response.arrayBuffer(), ended])) };
  } catch (error) {
    throw new TransportError(`${peer} cannot be reached`, {
      cause: signal.aborted ? signal.reason : error,
      retryAfter: networkChanged ? 0 : undefined,
    });
  } finally {
    clearTimeout(timer);
    forget();
  }
}

/** Calls back when the device is on another kind of network than now. @returns a function that stops it */
function onNetworkChange({ device }: Pick<Platform, 'device'>, changed: () => void): () => void {
  if (!device?.subscribe) return () => undefined;
  const current = (): Promise<unknown> => device.network().catch(() => undefined);
  const before = current();
  return device.subscribe(async () => {
    if ((await before) !== (await current())) changed();
  });
}

function sizeOf(body: RequestInit['body']): number {
  if (typeof body === 'string') return body.length;
  return ArrayBuffer.isView(body) ? body.byteLength : 0;
}
