import { exp, ln, normalizeLogs } from './deterministic-math.ts';

/**
 * How sure a posterior may say it is. Two numbers are fitted to known answers: a temperature by which every log
 * probability is divided (Guo et al. 2017), for models that count evidence twice, and a doubt that no number of votes
 * removes, for tasks on which the crowd is wrong together or the known answers are. What is still said too surely of the
 * known answers is cut at a ceiling. None of them changes which class leads. With little gold all stay near what is usual
 * (a maximum a posteriori fit), without any they are what is usual.
 */
export interface Calibration {
  readonly temperature: number;
  /** Share of the probability that is spread over all classes. */
  readonly doubt: number;
  /** No class is stated to be more probable than this. */
  readonly ceiling: number;
}

export interface JudgedRow {
  readonly posterior: ArrayLike<number>;
  /** Index of the class that is known to be right. */
  readonly truth: number;
}

/** Usual on public answer sets: test/bench/labels/README.md. */
const USUAL: Calibration = { temperature: 1.5, doubt: 0.02, ceiling: 1 };
/** Weight of the usual temperature, per unit of its logarithm squared, and of the usual doubt, in judged rows. */
const TEMPERATURE_ROWS = 4;
const DOUBT_ROWS = 20;
/** From here on a task counts as sure; how often that was right of the known answers is the ceiling. */
const SURE = 0.95;
/** Weight of what was stated against how often it was right, in judged rows. */
const CEILING_ROWS = 10;
/** A probability of 0 would be infinitely surprising; nothing is believed that much. */
const SMALLEST = 1e-12;
const COLDEST = -1.5;
const HOTTEST = 3;
const STEPS = 24;
/** Doubts that are tried: finer where they are small. */
const DOUBTS = Float64Array.from({ length: 25 }, (_, i) => 0.001 + 0.6 * (i / 24) ** 2);

export function fitCalibration(rows: readonly JudgedRow[]): Calibration {
  if (rows.length === 0) return USUAL;
  const logs = rows.map(({ posterior }) => Float64Array.from(posterior, (p) => ln(Math.max(p, SMALLEST))));
  let best = USUAL;
  let lowest = Infinity;
  for (const doubt of DOUBTS) {
    const logTemperature = coolest((log) => surprise(rows, logs, log, doubt));
    const value = surprise(rows, logs, logTemperature, doubt);
    if (value >= lowest) continue;
    lowest = value;
    best = { temperature: exp(logTemperature), doubt, ceiling: 1 };
  }
  return { ...best, ceiling: ceilingOf(rows, best) };
}

/** The row as it may be stated. */
export function calibrated(posterior: ArrayLike<number>, { temperature, doubt, ceiling }: Calibration): Float64Array {
  const row = Float64Array.from(posterior, (p) => ln(Math.max(p, SMALLEST)) / temperature);
  normalizeLogs(row, 0, row.length);
  let lead = 0;
  for (let k = 0; k < row.length; k += 1) {
    row[k] = (1 - doubt) * row[k]! + doubt / row.length;
    if (row[k]! > row[lead]!) lead = k;
  }
  const stated = row[lead]!;
  if (stated <= ceiling || row.length < 2) return row;
  let others = 0;
  for (let k = 0; k < row.length; k += 1) if (k !== lead) others += row[k]!;
  return row.map((p, k) => (k === lead ? ceiling : (p * (1 - ceiling)) / others));
}

/** 1, or how often the sure ones were right when that is less than what makes a task sure. */
function ceilingOf(rows: readonly JudgedRow[], calibration: Calibration): number {
  let sure = 0;
  let right = 0;
  let stated = 0;
  for (const { posterior, truth } of rows) {
    const row = calibrated(posterior, calibration);
    const highest = row.reduce((most, p) => Math.max(most, p), 0);
    if (highest < SURE) continue;
    sure += 1;
    stated += highest;
    if (row[truth] === highest) right += 1;
  }
  if (sure === 0) return 1;
  const share = (right + (CEILING_ROWS * stated) / sure) / (sure + CEILING_ROWS);
  return share < SURE ? share : 1;
}

/** Where a function with one valley is lowest. */
function coolest(of: (logTemperature: number) => number): number {
  let low = COLDEST;
  let high = HOTTEST;
  for (let i = 0; i < STEPS; i += 1) {
    const left = low + (high - low) / 3;
    const right = high - (high - low) / 3;
    if (of(left) <= of(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}

/** −ln P(known answers, and how usual the calibration is). */
function surprise(
  rows: readonly JudgedRow[],
  logs: readonly Float64Array[],
  logTemperature: number,
  doubt: number,
): number {
  const from = logTemperature - ln(USUAL.temperature);
  let total = TEMPERATURE_ROWS * from * from;
  total -= DOUBT_ROWS * (USUAL.doubt * ln(doubt) + (1 - USUAL.doubt) * ln(1 - doubt));
  const temperature = exp(logTemperature);
  rows.forEach(({ truth }, i) => {
    const row = logs[i]!;
    let highest = row[0]!;
    for (let k = 1; k < row.length; k += 1) if (row[k]! > highest) highest = row[k]!;
    let sum = 0;
    for (let k = 0; k < row.length; k += 1) sum += exp((row[k]! - highest) / temperature);
    const stated = exp((row[truth]! - highest) / temperature) / sum;
    total -= ln((1 - doubt) * stated + doubt / row.length);
  });
  return total;
}
