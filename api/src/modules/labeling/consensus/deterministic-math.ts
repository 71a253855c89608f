/**
 * Natural logarithm and exponential from IEEE-754 additions and multiplications only.
 * `Math.log` and `Math.exp` may differ in the last bit between engines; a verdict must not.
 */
const view = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
const SQRT2 = 1.4142135623730951;
/** ln c for c = j/128 around [√½, √2), by the series of the inverse hyperbolic tangent. */
const PER_UNIT = 128;
const SERIES_TERMS = 14;
const LN_OF_PART = Float64Array.from({ length: 184 }, (_, j) => (j < 88 ? 0 : artanhSeries(j / PER_UNIT)));

function artanhSeries(c: number): number {
  const s = (c - 1) / (c + 1);
  let sum = 0;
  for (let i = SERIES_TERMS; i >= 0; i -= 1) sum = sum * s * s + 1 / (2 * i + 1);
  return 2 * s * sum;
}

/** ln x for normal x > 0: e·ln 2 + ln c + 2·artanh((m−c)/(m+c)) with m in [√½, √2) and c the nearest 128th. */
export function ln(x: number): number {
  if (!(x >= 2.2250738585072014e-308)) throw new RangeError(`ln needs a positive normal number, got ${x}`);
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  view.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let mantissa = view.getFloat64(0);
  let exponent = (high >>> 20) - 1023;
  if (mantissa > SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const part = Math.floor(mantissa * PER_UNIT + 0.5);
  const c = part / PER_UNIT;
  const s = (mantissa - c) / (mantissa + c);
  const z = s * s;
  const rest = 2 * s * (1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7))));
  return exponent * LN2_HIGH + (LN_OF_PART[part]! + (rest + exponent * LN2_LOW));
}

/** e^x = 2^(n/64) · e^r with |r| ≤ ln 2 / 128: a table of 64 roots of two and five terms (Tang 1989). */
const ROOTS = 64;
const TAYLOR_TERMS = 20;
const ROOT_OF_TWO = Float64Array.from({ length: ROOTS }, (_, j) =>
  taylor((j * LN2_HIGH) / ROOTS + (j * LN2_LOW) / ROOTS),
);
const PER_ROOT = ROOTS / (LN2_HIGH + LN2_LOW);
const STEP_HIGH = LN2_HIGH / ROOTS;
const STEP_LOW = LN2_LOW / ROOTS;
/** 2^k at [k + 1022], by exact doubling and halving. */
const LOWEST_POWER = -1022;
const POWER_OF_TWO = powersOfTwo();

function taylor(x: number): number {
  let sum = 1;
  for (let i = TAYLOR_TERMS; i >= 1; i -= 1) sum = 1 + (x / i) * sum;
  return sum;
}

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2046);
  powers[-LOWEST_POWER] = 1;
  for (let i = 1 - LOWEST_POWER; i < powers.length; i += 1) powers[i] = powers[i - 1]! * 2;
  for (let i = -1 - LOWEST_POWER; i >= 0; i -= 1) powers[i] = powers[i + 1]! / 2;
  return powers;
}

/** e^x for x ≤ 700; below −700 the result is 0, which is what a posterior wants. */
export function exp(x: number): number {
  if (x < -700) return 0;
  if (!(x <= 700)) throw new RangeError(`exp needs a number up to 700, got ${x}`);
  const n = Math.floor(x * PER_ROOT + 0.5);
  const r = x - n * STEP_HIGH - n * STEP_LOW;
  const rest = r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120)))));
  const root = ROOT_OF_TWO[n & (ROOTS - 1)]!;
  return (root + root * rest) * POWER_OF_TWO[(n >> 6) - LOWEST_POWER]!;
}

/** Turns `size` log weights starting at `offset` into probabilities, in place. */
export function normalizeLogs(values: Float64Array, offset: number, size: number): void {
  let highest = values[offset]!;
  for (let k = 1; k < size; k += 1) if (values[offset + k]! > highest) highest = values[offset + k]!;
  let total = 0;
  for (let k = 0; k < size; k += 1) {
    const weight = exp(values[offset + k]! - highest);
    values[offset + k] = weight;
    total += weight;
  }
  for (let k = 0; k < size; k += 1) values[offset + k] = values[offset + k]! / total;
}
