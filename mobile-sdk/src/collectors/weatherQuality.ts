import type { Quality, QualityReason, WeatherReading, WeatherValues } from './weatherReading.ts';

/** Version of the scorer. A change of any rule or constant is a new version; old readings stay scored by the old one. */
export const WEATHER_SCORER = 1;

/** What a failed check takes off a variable's 100 points. */
export const PENALTY: Record<QualityReason, number> = { OUT_OF_RANGE: 100, STEP: 50, STUCK: 40, INCONSISTENT: 50 };

interface Limits {
  /** Plausible values anywhere on Earth (WMO-No. 8, volume I, annex 1.A and records of the WMO archive). */
  range: [number, number];
  /** Largest plausible change within an hour; null where the value may jump. */
  hourly: number | null;
  /** Hours without any change after which the instrument counts as stuck; null where a constant value is normal. */
  stuck: number | null;
}

export const LIMITS: Record<keyof WeatherValues, Limits> = {
  temperature: { range: [-80, 60], hourly: 15, stuck: 12 },
  dewPoint: { range: [-80, 35], hourly: 15, stuck: 12 },
  humidity: { range: [0, 100], hourly: 60, stuck: 48 },
  pressure: { range: [500, 1085], hourly: 15, stuck: 12 },
  windSpeed: { range: [0, 75], hourly: 30, stuck: 24 },
  windGust: { range: [0, 115], hourly: null, stuck: 24 },
  windDirection: { range: [0, 360], hourly: null, stuck: null },
  precipitation: { range: [0, 500], hourly: null, stuck: null },
  irradiance: { range: [0, 1500], hourly: null, stuck: null },
};

const HOUR = 3_600_000;

/**
 * Scores a reading variable by variable. Anybody who opens a station's readings in order computes the same numbers: the score depends
 * on the reading, the readings of the same station in the 48 hours before it, and the constants above. Steps are judged between readings
 * at most three hours apart; a calm (wind 0) is never stuck.
 *
 * @param history earlier readings of the station, any order
 */
export function weatherQuality(
  reading: Pick<WeatherReading, 'time' | 'values'>,
  history: readonly Pick<WeatherReading, 'time' | 'values'>[] = [],
): Quality {
  const now = Date.parse(reading.time);
  const before = history
    .map((each) => ({ hours: (now - Date.parse(each.time)) / HOUR, values: each.values }))
    .filter(({ hours }) => hours > 0 && hours <= 48)
    .sort((a, b) => a.hours - b.hours);
  const variables: Quality['variables'] = {};
  for (const name of Object.keys(LIMITS) as (keyof WeatherValues)[]) {
    const value = reading.values[name];
    if (value === undefined) continue;
    const reasons = reasonsOf(name, value, reading.values, before);
    const penalty = reasons.reduce((sum, reason) => sum + PENALTY[reason], 0);
    variables[name] = { score: Math.max(0, 100 - penalty), reasons };
  }
  const scores = Object.values(variables).map(({ score }) => score);
  const score = scores.length === 0 ? 0 : Math.floor(scores.reduce((sum, each) => sum + each, 0) / scores.length);
  return { scorer: WEATHER_SCORER, score, variables };
}

function reasonsOf(
  name: keyof WeatherValues,
  value: number,
  values: WeatherValues,
  before: readonly { hours: number; values: WeatherValues }[],
): QualityReason[] {
  const { range, hourly, stuck } = LIMITS[name];
  const reasons: QualityReason[] = [];
  if (value < range[0] || value > range[1]) reasons.push('OUT_OF_RANGE');
  const known = before.filter((each) => each.values[name] !== undefined);
  const last = known[0];
  if (hourly !== null && last && last.hours <= 3) {
    const change = Math.abs(value - (last.values[name] as number));
    if (change > hourly * Math.max(1, last.hours)) reasons.push('STEP');
  }
  if (stuck !== null && isStuck(name, value, known, stuck)) reasons.push('STUCK');
  if (isInconsistent(name, values)) reasons.push('INCONSISTENT');
  return reasons;
}

/** True when at least three earlier readings reach back `hours` and none differs. */
function isStuck(
  name: keyof WeatherValues,
  value: number,
  known: readonly { hours: number; values: WeatherValues }[],
  hours: number,
): boolean {
  if (value === 0 && (name === 'windSpeed' || name === 'windGust')) return false;
  const window = known.filter((each) => each.hours <= hours);
  const reach = window.at(-1)?.hours ?? 0;
  return window.length >= 3 && reach >= hours * 0.9 && window.every((each) => each.values[name] === value);
}

function isInconsistent(name: keyof WeatherValues, values: WeatherValues): boolean {
  const { temperature, dewPoint, humidity, windSpeed, windGust } = values;
  if (name === 'dewPoint' && temperature !== undefined && (dewPoint as number) > temperature + 0.5) return true;
  if (name === 'humidity' && temperature !== undefined && dewPoint !== undefined)
    return Math.abs((humidity as number) - relativeHumidity(temperature, dewPoint)) > 15;
  return name === 'windGust' && windSpeed !== undefined && (windGust as number) < windSpeed;
}

/** Per cent, from temperature and dew point in °C (Magnus formula with the coefficients of WMO-No. 8, annex 4.B). */
export function relativeHumidity(temperature: number, dewPoint: number): number {
  const vapour = (t: number): number => 6.112 * Math.exp((17.62 * t) / (243.12 + t));
  return (100 * vapour(dewPoint)) / vapour(temperature);
}
