import { Refusal } from './refusal.ts';

export interface BucketSize {
  /** Tokens a fresh bucket holds. */
  burst: number;
  /** Tokens that come back per second. */
  perSecond: number;
}

/** Token buckets by key (account or IP). Full buckets are forgotten, so memory follows the number of active keys. */
export class RateLimiter {
  readonly #size: BucketSize;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  #sweptAt: number;

  constructor(size: BucketSize, now: () => number = Date.now) {
    this.#size = size;
    this.#now = now;
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
