/** What decides hourly pay. Money in base units. */
export interface WageTerms {
  readonly price: bigint;
  /** Per hour; 0 is none. */
  readonly floor: bigint;
  /** Time of one label, in milliseconds. */
  readonly milliseconds: number;
}

const HOUR_MS = 3_600_000n;

/** What an hour of labels pays, rounded down. */
export function hourlyPay({ price, milliseconds }: Pick<WageTerms, 'price' | 'milliseconds'>): bigint {
  return (price * HOUR_MS) / BigInt(Math.max(1, milliseconds));
}

/** What is missing to the floor, per label, rounded up; 0 when nothing is. */
export function topUpPerLabel({ price, floor, milliseconds }: WageTerms): bigint {
  const fair = (floor * BigInt(milliseconds) + HOUR_MS - 1n) / HOUR_MS;
  return fair > price ? fair - price : 0n;
}

/** False when labelers earn less than promised and nothing is left to make up for it. */
export function paysItsFloor(job: {
  readonly price: string;
  readonly measuredMs: number | null;
  readonly wageReserve: string;
  readonly wageGranted: string;
  readonly rules: { readonly wageFloor?: string };
}): boolean {
  if (job.measuredMs === null) return true;
  const terms = { price: BigInt(job.price), floor: BigInt(job.rules.wageFloor ?? '0'), milliseconds: job.measuredMs };
  return topUpPerLabel(terms) <= BigInt(job.wageReserve) - BigInt(job.wageGranted);
}
