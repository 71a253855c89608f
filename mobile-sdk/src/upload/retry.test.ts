import { describe, expect, it } from '@jest/globals';
import { TransportError } from '../errors/api.ts';
import type { Clock } from '../platform/ports.ts';
import { inParallel } from './putBlock.ts';
import { defaultRetry, delayOf, retryAfterSeconds, withRetry } from './retry.ts';

const clock = (): Clock & { slept: number[] } => {
  const slept: number[] = [];
  return { slept, now: () => 0, sleep: async (ms) => void slept.push(ms) };
};
const failing = (times: number, error: Error): (() => Promise<string>) => {
  let left = times;
  return async () => {
    if (left-- > 0) throw error;
    return 'done';
  };
};

describe('withRetry', () => {
  it('tries again after a retryable fault, waiting longer each time', async () => {
    const { slept, ...rest } = clock();
    expect(await withRetry({ ...rest }, failing(4, new TransportError('down')))).toBe('done');
    expect(slept).toHaveLength(4);
    slept.forEach((ms, i) => {
      expect(ms).toBeLessThanOrEqual(defaultRetry.baseDelay * 2 ** i);
      expect(ms).toBeGreaterThanOrEqual((defaultRetry.baseDelay * 2 ** i) / 2);
    });
  });

  it('gives up after its attempts, and at once where trying again cannot help', async () => {
    const patient = clock();
    await expect(withRetry(patient, failing(99, new TransportError('down')))).rejects.toMatchObject({
      code: 'TRANSPORT_FAILED',
    });
    expect(patient.slept).toHaveLength(defaultRetry.attempts - 1);
    const final = clock();
    await expect(withRetry(final, failing(1, new TransportError('no', { retryable: false })))).rejects.toBeInstanceOf(
      TransportError,
    );
    await expect(withRetry(final, failing(1, new Error('bug')))).rejects.toThrow('bug');
    expect(final.slept).toEqual([]);
  });

  it('waits as long as the server asks, and leaves it to the queue when that is long', () => {
    expect(delayOf(1, defaultRetry, 2)).toBe(2000);
    expect(delayOf(30, defaultRetry, undefined, () => 1)).toBe(defaultRetry.maxDelay);
  });

  it('does not ask again before the server allows it', async () => {
    const busy = clock();
    const attempt = withRetry(busy, failing(1, new TransportError('busy', { retryAfter: 3600 })));
    await expect(attempt).rejects.toMatchObject({ retryAfter: 3600 });
    expect(busy.slept).toEqual([]);
  });

  it('reads Retry-After as seconds and as a date', () => {
    const header = (value: string): Response => new Response(null, { headers: { 'retry-after': value } });
    expect(retryAfterSeconds(header('7'), 0)).toBe(7);
    expect(retryAfterSeconds(header('Thu, 01 Jan 1970 00:00:09 GMT'), 4000)).toBe(5);
    expect(retryAfterSeconds(header('soon'), 0)).toBeUndefined();
    expect(retryAfterSeconds(new Response(), 0)).toBeUndefined();
  });
});

describe('inParallel', () => {
  it('keeps to its limit and runs everything once', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('starts nothing new after a failure', async () => {
    const started: number[] = [];
    const task = async (item: number): Promise<void> => {
      started.push(item);
      if (item === 1) throw new Error('first');
      await new Promise((resolve) => setTimeout(resolve, 2));
    };
    await expect(inParallel([1, 2, 3, 4], 2, task)).rejects.toThrow('first');
    expect(started).toEqual([1, 2]);
  });
});
