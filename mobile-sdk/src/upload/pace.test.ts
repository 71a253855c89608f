import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.ts';

/** Requests that end when the test says so, after the time that it says. */
function network(most: number) {
  let now = 0;
  const pace = new Pace(most, () => now);
  const running: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    start: (count: number) =>
      Array.from({ length: count }, () =>
        pace.pass(() => new Promise<void>((resolve, reject) => running.push({ resolve, reject }))),
      ),
    atOnce: async () => (await turn(), running.length),
    /** Ends the oldest request. */
    end: async (ms: number, error?: Error) => {
      now += ms;
      const oldest = running.shift()!;
      if (error) oldest.reject(error);
      else oldest.resolve();
      await turn();
    },
  };
}

describe('the pace of uploads', () => {
  it('begins with two and takes one more after each fast request, up to the most', async () => {
    const { start, atOnce, end } = network(4);
    start(20);
    expect(await atOnce()).toBe(2);
    await end(10);
    expect(await atOnce()).toBe(3);
    for (let i = 0; i < 5; i++) await end(10);
    expect(await atOnce()).toBe(4);
  });

  it('stays where it is on a network that is neither fast nor slow', async () => {
    const { start, atOnce, end } = network(4);
    start(20);
    for (let i = 0; i < 3; i++) {
      await end(5_000);
      expect(await atOnce()).toBe(2);
    }
  });

  it('goes down to one when a request is slow or fails, and rises again', async () => {
    for (const error of [undefined, new Error('reset')]) {
      const { start, atOnce, end } = network(4);
      const requests = start(20);
      requests.forEach((request) => request.catch(() => undefined));
      await end(10);
      expect(await atOnce()).toBe(3);
      await end(30_000, error);
      await end(30_000);
      await end(30_000);
      expect(await atOnce()).toBe(1);
      await end(10);
      expect(await atOnce()).toBe(2);
    }
  });
});
