/** In WMO units: °C, %, hPa at the station, m/s, degrees from true north, mm in the period, W/m². */
export interface WeatherValues {
  temperature?: number;
  dewPoint?: number;
  humidity?: number;
  pressure?: number;
  windSpeed?: number;
  windGust?: number;
  windDirection?: number;
  precipitation?: number;
  irradiance?: number;
}

/** As `weatherStationSchema` has it. */
export interface WeatherReading {
  v: 1;
  kind: 'weather-station';
  station: { id: string; cell: string; elevation?: number; model?: string };
  time: string;
  period: number;
  values: WeatherValues;
  quality: Quality;
}

export type QualityReason = 'OUT_OF_RANGE' | 'STEP' | 'STUCK' | 'INCONSISTENT';

export interface Quality {
  scorer: number;
  /** Rounded-down mean of the variables' scores, 0 to 100. */
  score: number;
  variables: Partial<Record<keyof WeatherValues, { score: number; reasons: QualityReason[] }>>;
}
