import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limit.ts';

describe('the rate limiter', () => {
  it('allows a burst, then the rate, per key', () => {
    let now = 0;
    const limiter = new RateLimiter({ burst: 3, perSecond: 2 }, () => now);
    for (let i = 0; i < 3; i++) limiter.take('a');
    expect(() => limiter.take('a')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    limiter.take('b');
    now = 500;
    limiter.take('a');
    expect(() => limiter.take('a')).toThrow('too many requests');
    now = 60_000;
    limiter.take('a', 3);
    expect(() => limiter.take('a')).toThrow();
  });

  it('keeps a bounded number of buckets: the one that waited longest goes', () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 1e-9 }, () => 0, 3);
    for (const key of ['a', 'b', 'c']) limiter.take(key);
    expect(limiter.tryTake('c')).toBe(false);
    limiter.take('d');
    expect(limiter.tryTake('b')).toBe(false);
    expect(limiter.tryTake('a')).toBe(true);
  });

  it('refuses what is larger than a full bucket, and takes nothing for it', () => {
    const limiter = new RateLimiter({ burst: 5, perSecond: 1 }, () => 0);
    expect(() => limiter.take('a', 6)).toThrow();
    limiter.take('a', 5);
  });
});
