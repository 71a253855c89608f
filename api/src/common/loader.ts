/** Collects the keys that are asked for in one turn of the event loop and reads them together. */
export class Loader<K, V> {
  private waiting: Map<K, PromiseWithResolvers<V | undefined>> | undefined;

  constructor(private readonly read: (keys: K[]) => Promise<Map<K, V>>) {}

  load(key: K): Promise<V | undefined> {
    if (!this.waiting) {
      this.waiting = new Map();
      setImmediate(() => void this.flush());
    }
    const known = this.waiting.get(key);
    if (known) return known.promise;
    const asked = Promise.withResolvers<V | undefined>();
    this.waiting.set(key, asked);
    return asked.promise;
  }

  private async flush(): Promise<void> {
    const waiting = this.waiting ?? new Map<K, PromiseWithResolvers<V | undefined>>();
    this.waiting = undefined;
    try {
      const found = await this.read([...waiting.keys()]);
      for (const [key, asked] of waiting) asked.resolve(found.get(key));
    } catch (error) {
      for (const asked of waiting.values()) asked.reject(error);
    }
  }
}

/** Keeps what was computed for the last `size` keys; for values that never change. */
export class Kept<K, V> {
  private readonly values = new Map<K, Promise<V>>();

  constructor(
    private readonly size: number,
    private readonly compute: (key: K) => Promise<V>,
  ) {}

  get(key: K): Promise<V> {
    const value = this.values.get(key) ?? this.compute(key);
    this.values.delete(key);
    this.values.set(key, value);
    value.catch(() => this.values.delete(key));
    if (this.values.size > this.size) this.values.delete(this.values.keys().next().value as K);
    return value;
  }
}
