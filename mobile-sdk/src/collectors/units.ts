/** Units that stations report in (UCUM codes), each with what turns it into the WMO unit of its quantity. */
const UNITS: Record<string, Record<string, (value: number) => number>> = {
  temperature: { Cel: (v) => v, '[degF]': (v) => ((v - 32) * 5) / 9, K: (v) => v - 273.15 },
  pressure: {
    hPa: (v) => v,
    Pa: (v) => v / 100,
    kPa: (v) => v * 10,
    mbar: (v) => v,
    "[in_i'Hg]": (v) => v * 33.86389,
    'mm[Hg]': (v) => v * 1.33322387,
  },
  speed: {
    'm/s': (v) => v,
    'km/h': (v) => v / 3.6,
    '[mi_i]/h': (v) => v * 0.44704,
    '[kn_i]': (v) => v * (1852 / 3600),
  },
  length: { mm: (v) => v, cm: (v) => v * 10, '[in_i]': (v) => v * 25.4 },
  ratio: { '%': (v) => v, '1': (v) => v * 100 },
  angle: { deg: (v) => v, rad: (v) => (v * 180) / Math.PI },
  irradiance: { 'W/m2': (v) => v },
};

/** A value with its unit, as an instrument gives it. */
export interface Quantity {
  value: number;
  /** UCUM code, for example `[degF]`. */
  unit: string;
}

/** The unit is unknown for this quantity, or the value is no finite number. */
export class BadReadingError extends Error {
  override name = 'BadReadingError';
  readonly code = 'BAD_READING';
}

/** A value in the WMO unit of its quantity, rounded to three decimals. Throws {@link BadReadingError}. */
export function toWmo(quantity: keyof typeof UNITS, { value, unit }: Quantity): number {
  const convert = UNITS[quantity]?.[unit];
  if (!convert) throw new BadReadingError(`${unit} is no unit of ${quantity} that is known here`);
  const converted = convert(value);
  if (!Number.isFinite(converted)) throw new BadReadingError(`${quantity} ${value} is no number`);
  return Math.round(converted * 1000) / 1000 || 0;
}
