import { utf8, canonicalJson } from '@allod/protocol';
import { coarseCell } from '../privacy/location.ts';
import { pad, publicDay } from '../privacy/padding.ts';
import type { CollectedItem } from './item.ts';
import { BadReadingError, type Quantity, toWmo } from './units.ts';
import { weatherQuality } from './weatherQuality.ts';
import type { WeatherReading, WeatherValues } from './weatherReading.ts';

/** What a station gives: each value with the unit that the instrument uses. */
export interface RawWeather {
  station: { id: string; latitude: number; longitude: number; elevation?: number; model?: string };
  /** End of the period; milliseconds since 1970. */
  time: number;
  /** Seconds that the values cover; 0 for an instant. */
  period: number;
  values: Partial<Record<keyof WeatherValues, Quantity>>;
}

const QUANTITY: Record<keyof WeatherValues, Parameters<typeof toWmo>[0]> = {
  temperature: 'temperature',
  dewPoint: 'temperature',
  humidity: 'ratio',
  pressure: 'pressure',
  windSpeed: 'speed',
  windGust: 'speed',
  windDirection: 'angle',
  precipitation: 'length',
  irradiance: 'irradiance',
};

/**
 * Converts a station's values to WMO units, replaces its position by a coarse cell and scores it.
 *
 * @param history earlier readings of the same station, for steps and stuck instruments
 * @throws BadReadingError for an unknown unit, a value that is no number, or no value at all
 */
export function normalizeWeather(raw: RawWeather, history: readonly WeatherReading[] = []): WeatherReading {
  const values: WeatherValues = {};
  for (const [name, quantity] of Object.entries(raw.values) as [keyof WeatherValues, Quantity][]) {
    if (!(name in QUANTITY)) throw new BadReadingError(`${name} is no variable of a weather station`);
    const value = toWmo(QUANTITY[name], quantity);
    values[name] = name === 'windDirection' ? ((value % 360) + 360) % 360 : value;
  }
  if (Object.keys(values).length === 0) throw new BadReadingError('a reading has at least one value');
  const { id, elevation, model } = raw.station;
  const time = new Date(raw.time).toISOString();
  return {
    v: 1,
    kind: 'weather-station',
    station: {
      id,
      cell: coarseCell(raw.station),
      ...(elevation === undefined ? {} : { elevation }),
      ...(model === undefined ? {} : { model }),
    },
    time,
    period: raw.period,
    values,
    quality: weatherQuality({ time, values }, history),
  };
}

/** The reading as an item for `contribute`: canonical JSON, padded; public are only its kind, cell and day. */
export function weatherItem(reading: WeatherReading): CollectedItem {
  return {
    bytes: pad(utf8(canonicalJson(reading))),
    mediaType: 'application/json',
    metadata: {
      kind: reading.kind,
      cell: reading.station.cell,
      day: publicDay(Date.parse(reading.time)),
      padding: 'iso7816-4',
    },
  };
}
