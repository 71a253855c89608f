import type { KeeperSet } from './keeper-set.ts';
import { Refusal, toRefusal } from './refusal.ts';

export interface SetWatchParts {
  read: () => Promise<KeeperSet>;
  /** Throws a Refusal when this keeper may not serve in the set. */
  check: (set: KeeperSet) => void;
  everyMs: number;
  /** A registry that could not be read for this long counts as one that says no. */
  maxAgeMs: number;
  now?: () => number;
  onChange?: (state: 'MEMBER' | Refusal) => void;
}

/**
 * Looks at the registry again and again while the keeper runs: one that is no longer listed, or is listed in a set that one
 * organization can open, stops serving until the registry says otherwise.
 */
export class SetWatch {
  readonly #parts: SetWatchParts;
  readonly #now: () => number;
  #refusal: Refusal | undefined;
  #readAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SetWatchParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** Reads and checks for the first time, then regularly. @throws when the keeper may not serve, or the registry is not readable */
  async start(): Promise<void> {
    this.#parts.check(await this.#parts.read());
    this.#readAt = this.#now();
    this.#timer = setInterval(() => void this.look(), this.#parts.everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One look; never rejects. */
  async look(): Promise<void> {
    try {
      const set = await this.#parts.read();
      this.#readAt = this.#now();
      this.#judge(set);
    } catch {
      // Not readable now; `assertMember` counts for how long.
    }
  }

  /** @throws Refusal NOT_LISTED, SET_REFUSED, or SET_UNKNOWN when nobody could say for too long */
  assertMember(): void {
    if (this.#refusal) throw this.#refusal;
    const age = this.#now() - this.#readAt;
    if (age > this.#parts.maxAgeMs) {
      throw new Refusal('SET_UNKNOWN', `the registry was not readable for ${Math.round(age / 1000)} s`);
    }
  }

  get mayServe(): boolean {
    return !this.#refusal && this.#now() - this.#readAt <= this.#parts.maxAgeMs;
  }

  #judge(set: KeeperSet): void {
    const before = this.#refusal?.message;
    try {
      this.#parts.check(set);
      this.#refusal = undefined;
    } catch (error) {
      this.#refusal = toRefusal(error);
    }
    if (this.#refusal?.message !== before) this.#parts.onChange?.(this.#refusal ?? 'MEMBER');
  }
}
