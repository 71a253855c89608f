import { EventEmitter, on } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { flatMap } from './flat-map.ts';

describe('flatMap', () => {
  it('gives every item of every step, also of empty ones', async () => {
    const source = (async function* () {
      yield* [0, 2, 0, 1];
    })();
    const found: number[] = [];
    for await (const item of flatMap(source, async (n) => Array<number>(n).fill(n))) found.push(item);
    expect(found).toEqual([2, 2, 1]);
  });

  it('ends while it waits, and leaves no listener', async () => {
    const bus = new EventEmitter();
    const items = flatMap(on(bus, 'news'), async (data) => data as number[]);
    const waiting = items.next();
    expect(bus.listenerCount('news')).toBe(1);
    await items.return!();
    expect(await waiting).toMatchObject({ done: true });
    expect(bus.listenerCount('news')).toBe(0);
  });
});
