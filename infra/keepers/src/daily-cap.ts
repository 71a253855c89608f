/** The UTC day of a moment, `2026-01-31`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Counts what each account got on one UTC day. Yesterday's counts are forgotten, so memory follows one day. */
export class DailyCap {
  readonly #limit: number;
  readonly #now: () => Date;
  readonly #counts = new Map<string, number>();
  #day = '';

  constructor(limit: number, now: () => Date = () => new Date()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts one more for `account`; false, and nothing counted, when the day's limit is reached. */
  tryTake(account: string): boolean {
    this.#turn(dayOf(this.#now()));
    const used = this.#counts.get(account) ?? 0;
    if (used >= this.#limit) return false;
    this.#counts.set(account, used + 1);
    return true;
  }

  /** Counts what was given before this process started; other days are ignored. */
  restore(account: string, at: Date, given: number): void {
    this.#turn(dayOf(this.#now()));
    if (given > 0 && dayOf(at) === this.#day) this.#counts.set(account, (this.#counts.get(account) ?? 0) + given);
  }

  #turn(day: string): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#counts.clear();
  }
}
