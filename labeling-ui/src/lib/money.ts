/** Amounts travel as decimal texts of token base units (the payment token has 6 decimals) and never as numbers. */
const DECIMALS = 6;
const UNIT = 10n ** BigInt(DECIMALS);

export function sum(amounts: Iterable<string>): string {
  let total = 0n;
  for (const amount of amounts) total += BigInt(amount);
  return total.toString();
}

/** Never below zero: what is left of `whole` after `parts`. */
export function left(whole: string, ...parts: string[]): string {
  const rest = parts.reduce((value, part) => value - BigInt(part), BigInt(whole));
  return (rest > 0n ? rest : 0n).toString();
}

export function isZero(amount: string): boolean {
  return BigInt(amount) === 0n;
}

/** Exact: at least two decimals, more only where the amount has them. `50000` → `$0.05`, `1500` → `$0.0015`. */
export function formatMoney(amount: string): string {
  const value = BigInt(amount);
  const absolute = value < 0n ? -value : value;
  const whole = (absolute / UNIT).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = (absolute % UNIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '').padEnd(2, '0');
  return `${value < 0n ? '−' : ''}$${whole}.${fraction}`;
}

/** For estimates such as hourly pay: whole cents. */
export function formatCents(amount: string): string {
  const cents = (BigInt(amount) * 100n + UNIT / 2n) / UNIT;
  return formatMoney((cents * (UNIT / 100n)).toString());
}

export function hourlyPay(price: string, secondsPerTask: number): string {
  return secondsPerTask > 0 ? ((BigInt(price) * 3600n) / BigInt(Math.round(secondsPerTask))).toString() : '0';
}
