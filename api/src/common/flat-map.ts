/**
 * Each item of `source` turned into any number of items. Unlike a generator, it can be ended while it waits for the
 * next item, so that a subscription of a client that left does not stay.
 */
export function flatMap<T, R>(source: AsyncIterator<T>, expand: (item: T) => Promise<R[]>): AsyncIterableIterator<R> {
  let ready: R[] = [];
  const done = { done: true, value: undefined } as const;
  return {
    async next() {
      while (ready.length === 0) {
        const step = await source.next();
        if (step.done) return done;
        ready = await expand(step.value);
      }
      return { done: false, value: ready.shift() as R };
    },
    async return() {
      ready = [];
      await source.return?.();
      return done;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
