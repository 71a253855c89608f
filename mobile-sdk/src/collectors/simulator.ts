import type { RawWeather } from './weather.ts';

/** Where the simulated station stands; the recorded data is of Seattle. */
export const SIMULATED_STATION = {
  id: 'simulated-seattle',
  latitude: 47.6062,
  longitude: -122.3321,
  elevation: 56,
  model: 'replay of NOAA records',
};

/**
 * Replays recorded days as a station: one reading a day, from a CSV with the columns of `seattle-weather.csv` in the package
 * `vega-datasets` (NOAA, daily: precipitation mm, highest and lowest temperature °C, wind m/s). Nothing is made up: the temperature is
 * the day's mean of both extremes.
 *
 * @param csv text of the file
 */
export function* replayWeather(csv: string, station = SIMULATED_STATION): Generator<RawWeather, void> {
  const [head, ...rows] = csv.trim().split(/\r?\n/);
  const columns = (head as string).split(',');
  const at = (row: string[], name: string): number => {
    const value = Number(row[columns.indexOf(name)]);
    if (!columns.includes(name) || Number.isNaN(value)) throw new RangeError(`column ${name} is missing or no number`);
    return value;
  };
  for (const line of rows) {
    const row = line.split(',');
    yield {
      station,
      time: Date.parse(`${row[columns.indexOf('date')] as string}T23:59:59Z`),
      period: 86_400,
      values: {
        temperature: { value: (at(row, 'temp_max') + at(row, 'temp_min')) / 2, unit: 'Cel' },
        precipitation: { value: at(row, 'precipitation'), unit: 'mm' },
        windSpeed: { value: at(row, 'wind'), unit: 'm/s' },
      },
    };
  }
}

/** Replays hourly normals (`seattle-weather-hourly-normals.csv`: pressure hPa, temperature °C, wind m/s). @param csv text of the file */
export function* replayHours(csv: string, station = SIMULATED_STATION): Generator<RawWeather, void> {
  const [head, ...rows] = csv.trim().split(/\r?\n/);
  const columns = (head as string).split(',');
  for (const line of rows) {
    const row = Object.fromEntries(line.split(',').map((value, i) => [columns[i] as string, value]));
    const time = Date.parse(`${row['date'] as string}Z`);
    if (Number.isNaN(time)) throw new RangeError(`no time in ${line}`);
    yield {
      station,
      time,
      period: 0,
      values: {
        temperature: { value: Number(row['temperature']), unit: 'Cel' },
        pressure: { value: Number(row['pressure']), unit: 'hPa' },
        windSpeed: { value: Number(row['wind']), unit: 'm/s' },
      },
    };
  }
}
