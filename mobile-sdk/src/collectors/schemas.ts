/**
 * JSON Schemas (draft 2020-12) of what collectors produce. They describe the plaintext, before encryption; a dataset names the hash of
 * the schema that it takes (`jsonSha256(schema)`). A published schema never changes: an addition is a new version.
 */
const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const id = (name: string): string => `https://allod.example/schemas/${name}`;
const time = { type: 'string', format: 'date-time', description: 'UTC, RFC 3339' } as const;
const h3 = {
  type: 'string',
  pattern: '^8[0-8][0-9a-f]{13}$',
  description: 'H3 cell of resolution 8 or coarser',
} as const;
const number = (unit: string, minimum: number, maximum: number) =>
  ({ type: 'number', minimum, maximum, description: `unit ${unit} (UCUM)` }) as const;

const gnss = {
  type: 'object',
  additionalProperties: false,
  required: ['latitude', 'longitude', 'accuracy'],
  properties: {
    latitude: number('deg, WGS 84', -90, 90),
    longitude: number('deg, WGS 84', -180, 180),
    altitude: number('m above the ellipsoid', -500, 20_000),
    accuracy: number('m, 68 % horizontal', 0, 100_000),
    satellites: { type: 'integer', minimum: 0, maximum: 200 },
  },
} as const;

/** WMO units and codes: WMO-No. 8 (Guide to Instruments and Methods of Observation), volume I. */
export const weatherStationSchema = {
  $schema: DRAFT,
  $id: id('weather-station.v1.json'),
  title: 'Reading of a weather station',
  type: 'object',
  additionalProperties: false,
  required: ['v', 'kind', 'station', 'time', 'period', 'values', 'quality'],
  properties: {
    v: { const: 1 },
    kind: { const: 'weather-station' },
    station: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'cell'],
      properties: {
        id: {
          type: 'string',
          minLength: 1,
          maxLength: 64,
          description: 'chosen by the contributor, the same for one station',
        },
        cell: h3,
        elevation: number('m above mean sea level', -500, 9000),
        model: { type: 'string', maxLength: 64 },
      },
    },
    time: { ...time, description: 'end of the period, UTC, RFC 3339' },
    period: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      description: 'seconds that the values cover; 0 for an instant',
    },
    values: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        temperature: number('Cel', -100, 70),
        dewPoint: number('Cel', -110, 50),
        humidity: number('%', 0, 110),
        pressure: number('hPa at the station', 400, 1150),
        windSpeed: number('m/s', 0, 150),
        windGust: number('m/s', 0, 200),
        windDirection: number('deg, from true north', 0, 360),
        precipitation: number('mm in the period', 0, 2000),
        irradiance: number('W/m2', 0, 2000),
      },
    },
    quality: {
      type: 'object',
      additionalProperties: false,
      required: ['scorer', 'score', 'variables'],
      properties: {
        scorer: { const: 1 },
        score: { type: 'integer', minimum: 0, maximum: 100 },
        variables: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            additionalProperties: false,
            required: ['score', 'reasons'],
            properties: {
              score: { type: 'integer', minimum: 0, maximum: 100 },
              reasons: {
                type: 'array',
                items: { enum: ['OUT_OF_RANGE', 'STEP', 'STUCK', 'INCONSISTENT'] },
                uniqueItems: true,
              },
            },
          },
        },
      },
    },
  },
} as const;

export const imageSchema = {
  $schema: DRAFT,
  $id: id('image.v1.json'),
  title: 'Where and how a picture was taken; the picture is an item of its own',
  type: 'object',
  additionalProperties: false,
  required: ['v', 'kind', 'image', 'mediaType', 'width', 'height', 'time', 'gnss', 'tile'],
  properties: {
    v: { const: 1 },
    kind: { const: 'image' },
    image: { type: 'string', pattern: '^0x[0-9a-f]{64}$', description: 'sha-256 of the stripped picture' },
    mediaType: { enum: ['image/jpeg', 'image/png', 'image/webp'] },
    width: { type: 'integer', minimum: 1, maximum: 65_535, description: 'pixels' },
    height: { type: 'integer', minimum: 1, maximum: 65_535, description: 'pixels' },
    time,
    gnss,
    pose: {
      type: 'object',
      additionalProperties: false,
      required: ['heading', 'pitch', 'roll'],
      properties: {
        heading: number('deg clockwise from true north', 0, 360),
        pitch: number('deg above the horizon', -90, 90),
        roll: number('deg clockwise', -180, 180),
      },
    },
    camera: {
      type: 'object',
      additionalProperties: false,
      properties: { model: { type: 'string', maxLength: 64 }, horizontalFieldOfView: number('deg', 0, 360) },
    },
    tile: { type: 'string', pattern: '^14/\\d{1,5}/\\d{1,5}$', description: 'web map tile z/x/y at zoom 14' },
  },
} as const;

export const textSchema = {
  $schema: DRAFT,
  $id: id('text.v1.json'),
  title: 'A text that a person wrote',
  type: 'object',
  additionalProperties: false,
  required: ['v', 'kind', 'text', 'language', 'redacted'],
  properties: {
    v: { const: 1 },
    kind: { const: 'text' },
    text: {
      type: 'string',
      minLength: 1,
      maxLength: 200_000,
      description: 'Unicode NFC, line feeds, personal data replaced',
    },
    language: { type: 'string', pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$', description: 'BCP 47' },
    redacted: {
      type: 'object',
      additionalProperties: false,
      required: ['email', 'phone', 'card', 'iban'],
      properties: Object.fromEntries(
        ['email', 'phone', 'card', 'iban'].map((kind) => [kind, { type: 'integer', minimum: 0 }]),
      ),
    },
  },
} as const;

/**
 * Signals by their name in the COVESA Vehicle Signal Specification 4. A contributor agrees signal by signal: `consent` has one bit for
 * each group, and a reading holds no signal of a group whose bit is unset. Schema only: there is no collector yet.
 */
export const vehicleTelemetrySchema = {
  $schema: DRAFT,
  $id: id('vehicle-telemetry.v1.json'),
  title: 'Signals of a vehicle at one moment',
  type: 'object',
  additionalProperties: false,
  required: ['v', 'kind', 'vehicle', 'time', 'consent', 'signals'],
  properties: {
    v: { const: 1 },
    kind: { const: 'vehicle-telemetry' },
    vehicle: { type: 'string', pattern: '^0x[0-9a-f]{64}$', description: 'salted hash; never a VIN' },
    time,
    consent: {
      type: 'integer',
      minimum: 1,
      maximum: 31,
      description: 'bits: 1 motion, 2 energy, 4 environment, 8 location, 16 diagnostics',
    },
    signals: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: {
        'Vehicle.Speed': { ...number('km/h', -50, 500), 'x-consent': 1 },
        'Vehicle.Acceleration.Longitudinal': { ...number('m/s2', -50, 50), 'x-consent': 1 },
        'Vehicle.Acceleration.Lateral': { ...number('m/s2', -50, 50), 'x-consent': 1 },
        'Vehicle.Chassis.Brake.PedalPosition': { ...number('%', 0, 100), 'x-consent': 1 },
        'Vehicle.Chassis.SteeringWheel.Angle': { ...number('deg', -1000, 1000), 'x-consent': 1 },
        'Vehicle.TraveledDistance': { ...number('km', 0, 10_000_000), 'x-consent': 2 },
        'Vehicle.Powertrain.TractionBattery.StateOfCharge.Current': { ...number('%', 0, 100), 'x-consent': 2 },
        'Vehicle.Powertrain.TractionBattery.CurrentPower': { ...number('W', -1_000_000, 1_000_000), 'x-consent': 2 },
        'Vehicle.Powertrain.FuelSystem.RelativeLevel': { ...number('%', 0, 100), 'x-consent': 2 },
        'Vehicle.Exterior.AirTemperature': { ...number('Cel', -100, 100), 'x-consent': 4 },
        'Vehicle.Body.Raindetection.Intensity': { ...number('%', 0, 100), 'x-consent': 4 },
        'Vehicle.CurrentLocation.Latitude': { ...number('deg', -90, 90), 'x-consent': 8 },
        'Vehicle.CurrentLocation.Longitude': { ...number('deg', -180, 180), 'x-consent': 8 },
        'Vehicle.CurrentLocation.Heading': { ...number('deg', 0, 360), 'x-consent': 8 },
        'Vehicle.OBD.DTCList': {
          type: 'array',
          maxItems: 64,
          items: { type: 'string', pattern: '^[PCBU][0-9A-F]{4}$' },
          'x-consent': 16,
        },
        'Vehicle.OBD.EngineLoad': { ...number('%', 0, 100), 'x-consent': 16 },
      },
    },
  },
} as const;

/** Schema only: there is no collector yet, and speech needs everyone's consent who can be heard. */
export const audioSchema = {
  $schema: DRAFT,
  $id: id('audio.v1.json'),
  title: 'A recording; the sound is an item of its own',
  type: 'object',
  additionalProperties: false,
  required: ['v', 'kind', 'audio', 'mediaType', 'sampleRate', 'channels', 'duration', 'time', 'content', 'voices'],
  properties: {
    v: { const: 1 },
    kind: { const: 'audio' },
    audio: { type: 'string', pattern: '^0x[0-9a-f]{64}$', description: 'sha-256 of the sound' },
    mediaType: { enum: ['audio/flac', 'audio/wav', 'audio/ogg', 'audio/mp4'] },
    sampleRate: { type: 'integer', minimum: 8000, maximum: 384_000, description: 'Hz' },
    channels: { type: 'integer', minimum: 1, maximum: 64 },
    duration: number('s', 0, 86_400),
    time,
    content: { enum: ['speech', 'environment', 'music', 'machine'] },
    voices: { enum: ['none', 'contributor-only', 'all-consented'], description: 'who can be heard' },
    language: { type: 'string', pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$', description: 'BCP 47' },
    cell: h3,
  },
} as const;

export const schemas = {
  'weather-station': weatherStationSchema,
  image: imageSchema,
  text: textSchema,
  'vehicle-telemetry': vehicleTelemetrySchema,
  audio: audioSchema,
} as const;
