/**
 * Natural logarithm and exponential from IEEE-754 additions and multiplications only.
 * `Math.log` and `Math.exp` may differ in the last bit between engines; a verdict must not.
 */
const view = new DataView(new ArrayBuffer(8));
const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;
const SQRT2 = 1.4142135623730951;
const SERIES_TERMS = 12;
const TAYLOR_TERMS = 14;

/** Splits a positive normal number into mantissa in [1, 2) and binary exponent. */
function split(x: number): { mantissa: number; exponent: number } {
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  view.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  return { mantissa: view.getFloat64(0), exponent };
}

function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** ln x for normal x > 0: 2·artanh((m−1)/(m+1)) + e·ln 2 with m in [√½, √2). */
export function ln(x: number): number {
  if (!(x >= 2.2250738585072014e-308)) throw new RangeError(`ln needs a positive normal number, got ${x}`);
  const parts = split(x);
  const halve = parts.mantissa > SQRT2;
  const mantissa = halve ? parts.mantissa / 2 : parts.mantissa;
  const exponent = halve ? parts.exponent + 1 : parts.exponent;
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  let sum = 0;
  for (let i = SERIES_TERMS; i >= 0; i -= 1) sum = sum * z + 1 / (2 * i + 1);
  return exponent * LN2_HIGH + (2 * s * sum + exponent * LN2_LOW);
}

/** e^x for x ≤ 700; below −700 the result is 0, which is what a posterior wants. */
export function exp(x: number): number {
  if (x < -700) return 0;
  if (!(x <= 700)) throw new RangeError(`exp needs a number up to 700, got ${x}`);
  const k = Math.floor(x / LN2_HIGH + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let i = TAYLOR_TERMS; i >= 1; i -= 1) sum = 1 + (r / i) * sum;
  return sum * powerOfTwo(k);
}

/** Turns `size` log weights starting at `offset` into probabilities, in place. */
export function normalizeLogs(values: Float64Array, offset: number, size: number): void {
  let highest = values[offset]!;
  for (let k = 1; k < size; k += 1) highest = Math.max(highest, values[offset + k]!);
  let total = 0;
  for (let k = 0; k < size; k += 1) {
    const weight = exp(values[offset + k]! - highest);
    values[offset + k] = weight;
    total += weight;
  }
  for (let k = 0; k < size; k += 1) values[offset + k] = values[offset + k]! / total;
}
