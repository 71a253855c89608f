import { TransportError } from '../errors/api.ts';
import type { Clock } from '../platform/ports.ts';

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  attempts: number;
  /** Milliseconds before the second attempt; doubles each time. */
  baseDelay: number;
  /** Longest wait in milliseconds. A server that asks for more is not asked again: the error carries its `retryAfter`. */
  maxDelay: number;
}

/** About half a minute of patience; a durable queue (`resume()`) does the rest. */
export const defaultRetry: RetryPolicy = { attempts: 7, baseDelay: 250, maxDelay: 30_000 };

/** Seconds of a `Retry-After` header, given as seconds or as an HTTP date. */
export function retryAfterSeconds(response: Pick<Response, 'headers'>, now: number): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** Milliseconds to wait before attempt `attempt + 1`: what the server asked for, else full-jitter exponential backoff. */
export function delayOf(
  attempt: number,
  policy: RetryPolicy,
  retryAfter: number | undefined,
  random = Math.random,
): number {
  if (retryAfter !== undefined) return retryAfter * 1000;
  const ceiling = Math.min(policy.baseDelay * 2 ** (attempt - 1), policy.maxDelay);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/** Runs `action` again after retryable {@link TransportError}s; everything else passes through at once. */
export async function withRetry<T>(
  clock: Clock,
  action: () => Promise<T>,
  policy: RetryPolicy = defaultRetry,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action();
    } catch (error) {
      const again =
        error instanceof TransportError &&
        error.retryable &&
        attempt < policy.attempts &&
        (error.retryAfter ?? 0) * 1000 <= policy.maxDelay;
      if (!again) throw error;
      await clock.sleep(delayOf(attempt, policy, error.retryAfter), signal);
    }
  }
}
