import { Refusal } from './refusal.ts';

export interface BucketSize {
  /** Tokens a fresh bucket holds. */
  burst: number;
  /** Tokens that come back per second. */
  perSecond: number;
}

const MOST_BUCKETS = 100_000;

/**
 * Token buckets by key (account or address). Full buckets are forgotten, and of more than `limit` the one that waited
 * longest, so memory is bounded whoever asks.
 */
export class RateLimiter {
  readonly #size: BucketSize;
  readonly #now: () => number;
  readonly #limit: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  #sweptAt: number;

  constructor(size: BucketSize, now: () => number = Date.now, limit = MOST_BUCKETS) {
    this.#size = size;
    this.#now = now;
    this.#limit = limit;
    this.#sweptAt = now();
  }

  /** @throws Refusal RATE_LIMITED when fewer than `cost` tokens are left */
  take(key: string, cost = 1): void {
    if (!this.tryTake(key, cost)) throw new Refusal('RATE_LIMITED', `too many requests for ${key}`);
  }

  /** Takes nothing when fewer than `cost` tokens are left. */
  tryTake(key: string, cost = 1): boolean {
    const at = this.#now();
    this.#sweep(at);
    const tokens = this.#level(this.#buckets.get(key), at) - cost;
    if (tokens < 0) return false;
    this.#buckets.delete(key);
    if (this.#buckets.size >= this.#limit) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(key, { tokens, at });
    return true;
  }

  #level(bucket: { tokens: number; at: number } | undefined, at: number): number {
    if (!bucket) return this.#size.burst;
    return Math.min(this.#size.burst, bucket.tokens + ((at - bucket.at) / 1000) * this.#size.perSecond);
  }

  #sweep(at: number): void {
    if (at - this.#sweptAt < 60_000) return;
    this.#sweptAt = at;
    for (const [key, bucket] of this.#buckets) {
      if (this.#level(bucket, at) >= this.#size.burst) this.#buckets.delete(key);
    }
  }
}
