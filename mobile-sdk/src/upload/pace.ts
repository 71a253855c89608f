/** Milliseconds: below, the network has room for more at once; above, it has too much. */
const FAST = 2_000;
const SLOW = 20_000;

/** Not every engine has a clock that nobody can set. */
const monotonic = (): number => (globalThis as { performance?: { now(): number } }).performance?.now() ?? Date.now();

/**
 * How many requests go at the same time: first two, one more after each that was fast, one alone after a slow one or a failure. On a
 * slow network the same bytes in fewer requests arrive one after the other instead of all too late.
 */
export class Pace {
  readonly #most: number;
  readonly #now: () => number;
  readonly #waiting: (() => void)[] = [];
  #allowed = 2;
  #running = 0;

  constructor(most: number, now: () => number = monotonic) {
    this.#most = most;
    this.#now = now;
  }

  async pass<T>(request: () => Promise<T>): Promise<T> {
    while (this.#running >= this.#allowed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    const since = this.#now();
    let took = Infinity;
    try {
      const result = await request();
      took = this.#now() - since;
      return result;
    } finally {
      this.#running--;
      if (took < FAST) this.#allowed = Math.min(this.#most, this.#allowed + 1);
      else if (took > SLOW) this.#allowed = 1;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }
}
