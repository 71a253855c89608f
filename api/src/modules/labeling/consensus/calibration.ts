import { exp, ln, normalizeLogs } from './deterministic-math.ts';

/**
 * Temperature scaling (Guo et al. 2017): every log probability is divided by one number, chosen so that the known
 * answers are as probable as possible. It changes how sure a posterior says it is, never which class leads.
 */
export interface JudgedRow {
  readonly posterior: ArrayLike<number>;
  /** Index of the class that is known to be right. */
  readonly truth: number;
}

/** A probability of 0 would be infinitely surprising; nothing is believed that much. */
const SMALLEST = 1e-12;
const COLDEST = -1.5;
const HOTTEST = 3;
const STEPS = 60;
/** Weight of the wish for temperature 1, in judged rows: a handful of gold moves it little. */
const PRIOR_ROWS = 2;

export function fitTemperature(rows: readonly JudgedRow[]): number {
  let low = COLDEST;
  let high = HOTTEST;
  for (let i = 0; i < STEPS; i += 1) {
    const left = low + (high - low) / 3;
    const right = high - (high - low) / 3;
    if (surprise(rows, left) <= surprise(rows, right)) high = right;
    else low = left;
  }
  return exp((low + high) / 2);
}

/** The row at another temperature. */
export function atTemperature(posterior: ArrayLike<number>, temperature: number): Float64Array {
  const row = Float64Array.from(posterior, (p) => ln(Math.max(p, SMALLEST)) / temperature);
  normalizeLogs(row, 0, row.length);
  return row;
}

function surprise(rows: readonly JudgedRow[], logTemperature: number): number {
  const temperature = exp(logTemperature);
  let total = PRIOR_ROWS * logTemperature * logTemperature;
  for (const { posterior, truth } of rows) {
    total -= ln(Math.max(atTemperature(posterior, temperature)[truth]!, SMALLEST));
  }
  return total;
}
