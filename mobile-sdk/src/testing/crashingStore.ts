import type { ResumeStore } from '../platform/ports.ts';

/** The process died: nothing after this point of the store happens. */
export class Crash extends Error {
  override name = 'Crash';
}

/**
 * A store that dies at write number `at`: before the write takes effect, or right after it did but before the caller learns so.
 * From then on everything fails, as it does in a process that was killed.
 */
export class CrashingStore implements ResumeStore {
  writes = 0;
  dead = false;
  readonly #inner: ResumeStore;
  readonly #at: number;
  readonly #applied: boolean;

  constructor(inner: ResumeStore, at: number, applied: boolean) {
    this.#inner = inner;
    this.#at = at;
    this.#applied = applied;
  }

  async #write(write: () => Promise<void>): Promise<void> {
    if (this.dead) throw new Crash();
    this.dead = ++this.writes === this.#at;
    if (!this.dead || this.#applied) await write();
    if (this.dead) throw new Crash();
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    if (this.dead) throw new Crash();
    return this.#inner.get(key);
  }
  put(key: string, value: Uint8Array): Promise<void> {
    return this.#write(() => this.#inner.put(key, value));
  }
  delete(key: string): Promise<void> {
    return this.#write(() => this.#inner.delete(key));
  }
  async list(prefix: string): Promise<string[]> {
    if (this.dead) throw new Crash();
    return this.#inner.list(prefix);
  }
}
