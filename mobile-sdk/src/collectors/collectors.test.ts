import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { jsonSha256, toHex, sha256 } from '@allod/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { unpad } from '../privacy/index.ts';
import { consentTo, createWorld, DATASET, seedOf } from '../testing/fixtures.ts';
import {
  audioSchema,
  BadReadingError,
  imageItems,
  imageSchema,
  normalizeText,
  normalizeWeather,
  type RawWeather,
  relativeHumidity,
  replayHours,
  replayWeather,
  schemas,
  textItem,
  textSchema,
  tileOf,
  toWmo,
  vehicleTelemetrySchema,
  weatherItem,
  weatherQuality,
  type WeatherReading,
  weatherStationSchema,
} from './index.ts';

const ajv = new Ajv2020({
  strict: true,
  allErrors: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
});
ajv.addKeyword('x-consent');
const problems = (schema: object, value: unknown): unknown => (ajv.validate(schema, value) ? [] : ajv.errors);
const recorded = (name: string): string =>
  readFileSync(new URL(`../../../node_modules/vega-datasets/data/${name}.csv`, import.meta.url), 'utf8');
const opened = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(unpad(bytes)));
const station = { id: 's', latitude: 47.6062, longitude: -122.3321 };
const raw = (values: RawWeather['values'], time = 0): RawWeather => ({ station, time, period: 0, values });
const at = (hours: number, values: WeatherReading['values']): Pick<WeatherReading, 'time' | 'values'> => ({
  time: new Date(hours * 3_600_000).toISOString(),
  values,
});

describe('schemas', () => {
  it.each(Object.entries(schemas))('%s is a schema with a hash of its own', (_, schema) => {
    expect(() => ajv.compile(structuredClone({ ...schema, $id: undefined }))).not.toThrow();
    expect(jsonSha256(JSON.parse(JSON.stringify(schema)))).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it('names vehicle signals by VSS, with a consent bit each, and takes no other', () => {
    const reading = {
      v: 1,
      kind: 'vehicle-telemetry',
      vehicle: `0x${'1'.repeat(64)}`,
      time: '2026-11-24T10:00:00Z',
      consent: 1,
    };
    expect(problems(vehicleTelemetrySchema, { ...reading, signals: { 'Vehicle.Speed': 50 } })).toEqual([]);
    expect(problems(vehicleTelemetrySchema, { ...reading, signals: { 'Vehicle.VIN': 'X' } })).not.toEqual([]);
    for (const signal of Object.values(vehicleTelemetrySchema.properties.signals.properties))
      expect([1, 2, 4, 8, 16]).toContain(signal['x-consent']);
  });

  it('asks of audio who can be heard', () => {
    const audio = {
      v: 1,
      kind: 'audio',
      audio: `0x${'1'.repeat(64)}`,
      mediaType: 'audio/flac',
      sampleRate: 48_000,
      channels: 1,
      duration: 2.5,
      time: '2026-11-24T10:00:00Z',
      content: 'machine',
    };
    expect(problems(audioSchema, { ...audio, voices: 'none' })).toEqual([]);
    expect(problems(audioSchema, audio)).not.toEqual([]);
  });
});

describe('units', () => {
  it.each([
    ['temperature', 212, '[degF]', 100],
    ['temperature', 273.15, 'K', 0],
    ['pressure', 29.92, "[in_i'Hg]", 1013.208],
    ['pressure', 101_325, 'Pa', 1013.25],
    ['pressure', 760, 'mm[Hg]', 1013.25],
    ['speed', 36, 'km/h', 10],
    ['speed', 10, '[kn_i]', 5.144],
    ['speed', 10, '[mi_i]/h', 4.47],
    ['length', 1, '[in_i]', 25.4],
    ['ratio', 0.55, '1', 55],
    ['angle', Math.PI, 'rad', 180],
  ] as const)('%s %d %s is %d', (quantity, value, unit, wmo) => {
    expect(toWmo(quantity, { value, unit })).toBeCloseTo(wmo, 3);
  });

  it('are never guessed', () => {
    expect(() => toWmo('temperature', { value: 20, unit: 'C' })).toThrow(BadReadingError);
    expect(() => toWmo('temperature', { value: NaN, unit: 'Cel' })).toThrow(BadReadingError);
    expect(() => normalizeWeather(raw({}))).toThrow(BadReadingError);
  });
});

describe('a weather reading', () => {
  it('comes out in WMO units, with a cell instead of a position, as its schema says', () => {
    const reading = normalizeWeather(
      raw({
        temperature: { value: 68, unit: '[degF]' },
        windDirection: { value: -90, unit: 'deg' },
        humidity: { value: 0.5, unit: '1' },
      }),
    );
    expect(reading.values).toEqual({ temperature: 20, windDirection: 270, humidity: 50 });
    expect(problems(weatherStationSchema, reading)).toEqual([]);
    expect(JSON.stringify(reading)).not.toMatch(/latitude|47\.60/);
    const item = weatherItem(reading);
    expect(opened(item.bytes)).toEqual(reading);
    expect(item.metadata).toEqual({
      kind: 'weather-station',
      cell: reading.station.cell,
      day: '1970-01-01',
      padding: 'iso7816-4',
    });
  });

  it('is scored with a reason for each variable', () => {
    const quality = (values: WeatherReading['values'], history: Parameters<typeof weatherQuality>[1] = []) =>
      weatherQuality(at(100, values), history).variables;
    expect(quality({ temperature: 99 }).temperature).toEqual({ score: 0, reasons: ['OUT_OF_RANGE'] });
    expect(quality({ temperature: 30 }, [at(99, { temperature: 10 })]).temperature).toEqual({
      score: 50,
      reasons: ['STEP'],
    });
    expect(quality({ temperature: 30 }, [at(96, { temperature: 10 })]).temperature!.reasons).toEqual([]);
    const flat = Array.from({ length: 12 }, (_, i) => at(88 + i, { temperature: 10, windSpeed: 0 }));
    expect(quality({ temperature: 10, windSpeed: 0 }, flat)).toEqual({
      temperature: { score: 60, reasons: ['STUCK'] },
      windSpeed: { score: 100, reasons: [] },
    });
    expect(quality({ temperature: 10, dewPoint: 12, windSpeed: 5, windGust: 3 })).toMatchObject({
      dewPoint: { reasons: ['INCONSISTENT'] },
      windGust: { reasons: ['INCONSISTENT'] },
    });
    expect(quality({ temperature: 20, dewPoint: 9.3, humidity: 90 }).humidity!.reasons).toEqual(['INCONSISTENT']);
    expect(relativeHumidity(20, 9.27)).toBeCloseTo(50, 0);
  });

  it('scores the same whoever computes it, in whatever order the history comes', () => {
    const history = Array.from({ length: 40 }, (_, i) => at(60 + i, { temperature: 10 + (i % 3), pressure: 1000 }));
    const now = at(100, { temperature: 40, pressure: 1000 });
    const score = weatherQuality(now, history);
    expect(weatherQuality(JSON.parse(JSON.stringify(now)), [...history].reverse())).toEqual(score);
    expect(score).toEqual({
      scorer: 1,
      score: 55,
      variables: { temperature: { score: 50, reasons: ['STEP'] }, pressure: { score: 60, reasons: ['STUCK'] } },
    });
  });
});

describe('the simulator', () => {
  it('replays recorded days that pass schema and scorer', () => {
    const readings: WeatherReading[] = [];
    for (const day of replayWeather(recorded('seattle-weather')))
      readings.push(normalizeWeather(day, readings.slice(-2)));
    expect(readings).toHaveLength(1461);
    for (const reading of readings) expect(problems(weatherStationSchema, reading)).toEqual([]);
    expect(readings.filter(({ quality }) => quality.score < 100)).toEqual([]);
    expect(readings[1]!.values).toEqual({ temperature: 6.7, precipitation: 10.9, windSpeed: 4.5 });
  });

  it('replays recorded hours', () => {
    const hours = [...replayHours(recorded('seattle-weather-hourly-normals'))];
    expect(hours).toHaveLength(8759);
    const reading = normalizeWeather(hours[0]!);
    expect(reading).toMatchObject({
      time: '2010-01-01T01:00:00.000Z',
      values: { pressure: 1016.6, temperature: 4, windSpeed: 3.8 },
    });
  });

  it('refuses a file that is something else', () => {
    expect(() => [...replayWeather('a,b\n1,2')]).toThrow(RangeError);
    expect(() => [...replayHours('a,b\n1,2')]).toThrow(RangeError);
  });

  it('feeds a contribution', async () => {
    const world = createWorld();
    const client = world.client({ seed: seedOf(3) });
    await consentTo(client, ['TRAIN']);
    const days = [...replayWeather(recorded('seattle-weather'))].slice(0, 3);
    const items = days.map((day) => weatherItem(normalizeWeather(day)));
    const { contributions } = await client.contribute({ datasetId: DATASET, items });
    expect(contributions).toHaveLength(3);
    expect(new Set(world.api.commits[0]!.contributions.map(({ size }) => size)).size).toBe(1);
  });
});

describe('an image', () => {
  const png = new Uint8Array(
    readFileSync(new URL('../../../node_modules/vega-datasets/data/7zip.png', import.meta.url)),
  );
  const taken = {
    bytes: png,
    width: 16,
    height: 16,
    time: Date.parse('2026-11-24T10:11:12Z'),
    gnss: { latitude: 48.8583, longitude: 2.2944, accuracy: 4 },
    pose: { heading: -10, pitch: 0, roll: 0 },
  };

  it('becomes a clean picture and an encrypted record that names it', () => {
    const { items } = imageItems(taken)!;
    const record = opened(items[1].bytes) as Record<string, unknown>;
    expect(problems(imageSchema, record)).toEqual([]);
    expect(record).toMatchObject({
      image: toHex(sha256(items[0].bytes)),
      tile: '14/8296/5636',
      pose: { heading: 350 },
    });
    for (const { metadata } of items) {
      expect(JSON.stringify(metadata)).not.toMatch(/48\.8|10:11|heading/);
      expect(metadata).toMatchObject({ cell: expect.stringMatching(/^88/), day: '2026-11-24' });
    }
  });

  it('stays on the device inside a home zone, and when it cannot be cleaned', () => {
    expect(imageItems(taken, [{ latitude: 48.859, longitude: 2.2944, radius: 200 }])).toBeNull();
    expect(() => imageItems({ ...taken, bytes: new Uint8Array(10) })).toThrow('not a JPEG');
  });

  it('has the tile that web maps have', () => {
    expect(tileOf({ latitude: 0, longitude: 0 }, 1)).toBe('1/1/1');
    expect(tileOf({ latitude: 90, longitude: 180 }, 2)).toBe('2/3/0');
    expect(tileOf({ latitude: 52.52, longitude: 13.405 }, 10)).toBe('10/550/335');
  });
});

describe('a text', () => {
  it('is normalized and holds no personal data that has a form', () => {
    const record = normalizeText(' e\u0301te\u0301\r\nmail me: a@b.io\u0007 ', 'fr');
    expect(record).toEqual({
      v: 1,
      kind: 'text',
      text: 'été\nmail me: [email]',
      language: 'fr',
      redacted: { email: 1, phone: 0, card: 0, iban: 0 },
    });
    expect(problems(textSchema, record)).toEqual([]);
    const item = textItem(record, 0);
    expect(opened(item.bytes)).toEqual(record);
    expect(item.bytes).toHaveLength(256);
  });

  it('is refused when empty or of no language', () => {
    expect(() => normalizeText(' \n', 'en')).toThrow(BadReadingError);
    expect(() => normalizeText('hello', 'english language')).toThrow(BadReadingError);
  });
});
