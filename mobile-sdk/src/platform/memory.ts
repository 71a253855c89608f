import { systemClock } from './clock.ts';
import type { KeyStore, Platform, ResumeStore } from './ports.ts';

class MemoryStore implements KeyStore, ResumeStore {
  readonly #values = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#values.get(key)?.slice();
  }
  async put(key: string, value: Uint8Array): Promise<void> {
    this.#values.set(key, value.slice());
  }
  set(key: string, value: Uint8Array): Promise<void> {
    return this.put(key, value);
  }
  async delete(key: string): Promise<void> {
    this.#values.delete(key);
  }
  async list(prefix: string): Promise<string[]> {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

/** A platform that forgets everything when the process ends: for tests and for short scripts. */
export function memoryPlatform(overrides: Partial<Platform> = {}): Platform {
  return {
    keyStore: new MemoryStore(),
    resumeStore: new MemoryStore(),
    clock: systemClock,
    fetch: (input, init) => globalThis.fetch(input, init),
    ...overrides,
  };
}
