/** Numbers that follow from a seed, so that a run that failed can be planned again (Mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    for (let i = rest.length - 1; i > 0; i--) {
      const other = this.between(0, i);
      [rest[i], rest[other]] = [rest[other] as T, rest[i] as T];
    }
    return rest;
  }
}

/** Deals every card once before any comes again, in an order that the dice give. */
export class Deck<T> {
  readonly #dice: Dice;
  readonly #cards: readonly T[];
  #left: T[] = [];

  constructor(dice: Dice, cards: readonly T[]) {
    this.#dice = dice;
    this.#cards = cards;
  }

  deal(): T {
    if (this.#left.length === 0) this.#left = this.#dice.shuffled(this.#cards);
    return this.#left.pop() as T;
  }
}
