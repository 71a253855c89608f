import { describe, expect, it } from '@jest/globals';
import { Kept, Loader } from './loader.ts';

describe('Loader', () => {
  it('reads once what is asked together, and each key once', async () => {
    const reads: number[][] = [];
    const loader = new Loader<number, number>(async (keys) => {
      reads.push(keys);
      return new Map(keys.filter((key) => key < 3).map((key) => [key, key * 10]));
    });
    expect(await Promise.all([1, 2, 1, 3].map((key) => loader.load(key)))).toEqual([10, 20, 10, undefined]);
    expect(reads).toEqual([[1, 2, 3]]);
    expect(await loader.load(1)).toBe(10);
    expect(reads).toHaveLength(2);
  });

  it('tells everybody who asked when reading fails', async () => {
    const loader = new Loader<number, number>(() => Promise.reject(new Error('down')));
    const results = await Promise.allSettled([loader.load(1), loader.load(2)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  });
});

describe('Kept', () => {
  it('computes a key once, forgets the one not used for longest, and never keeps a failure', async () => {
    const computed: string[] = [];
    const kept = new Kept<string, string>(2, async (key) => {
      computed.push(key);
      if (key === 'bad') throw new Error('bad');
      return key.toUpperCase();
    });
    await kept.get('a');
    await kept.get('b');
    await kept.get('a');
    await kept.get('c');
    await kept.get('a');
    await kept.get('b');
    expect(computed).toEqual(['a', 'b', 'c', 'b']);
    await expect(kept.get('bad')).rejects.toThrow();
    await expect(kept.get('bad')).rejects.toThrow();
    expect(computed.filter((key) => key === 'bad')).toHaveLength(2);
  });
});
