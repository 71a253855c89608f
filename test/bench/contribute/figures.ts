/** The middle of some figures; of an even number the mean of both in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** CPU-seconds of this process, all of its threads, while `work` runs. */
export async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Seconds on the clock while `work` runs. */
export async function wallSeconds(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

export interface Contender {
  name: string;
  /** One round; resolves to its seconds. */
  round: (round: number) => Promise<number>;
}

/**
 * Rounds of all contenders in turn, the order turned around every time, so that a noisy machine treats them alike. A round
 * before the first is thrown away.
 *
 * @returns seconds of each contender by name, in the order of rounds
 */
export async function inTurn(contenders: readonly Contender[], rounds: number): Promise<Record<string, number[]>> {
  const seconds = Object.fromEntries(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, round: run } of round % 2 === 0 ? contenders : [...contenders].reverse()) {
      const figure = await run(round);
      if (round >= 0) seconds[name]!.push(figure);
    }
  }
  return seconds;
}

/** Median over the rounds of baseline ÷ subject: above 1 the subject is the faster one. */
export function ratioOf(baseline: readonly number[], subject: readonly number[]): number {
  return median(baseline.map((seconds, round) => seconds / subject[round]!));
}

export const round = (figure: number): number => Math.round(figure * 1000) / 1000;
