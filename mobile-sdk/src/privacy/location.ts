import { cellToLatLng, latLngToCell } from 'h3-js';

/** A position in WGS 84: degrees, and milliseconds since 1970. */
export interface Fix {
  latitude: number;
  longitude: number;
  time: number;
}

/** Metres that are cut off at both ends of every trip; more may be asked for, less may not. */
export const MIN_TRIM = 500;
/** Finest H3 resolution for positions in the clear: cells of about 0.7 km², 530 m across an edge. */
export const FINEST_PUBLIC_RESOLUTION = 8;

const EARTH_RADIUS = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres (haversine, mean Earth radius of IUGG). */
export function distance(a: Pick<Fix, 'latitude' | 'longitude'>, b: Pick<Fix, 'latitude' | 'longitude'>): number {
  const [p, q] = [radians(a.latitude), radians(b.latitude)];
  const h =
    Math.sin((q - p) / 2) ** 2 + Math.cos(p) * Math.cos(q) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * Cuts both ends off a trip: everything within `metres` of its start or its end, as the crow flies, wherever in the trip it is; a trip
 * that circles home hides home too. Cannot be switched off: below 500 m it cuts 500 m. An empty result means that nothing of the
 * trip may leave the device.
 */
export function trimTrip<T extends Fix>(trip: readonly T[], metres = MIN_TRIM): T[] {
  const [first, last] = [trip[0], trip.at(-1)];
  if (!first || !last) return [];
  const cut = Math.max(MIN_TRIM, Number.isFinite(metres) ? metres : MIN_TRIM);
  return trip.filter((fix) => distance(fix, first) > cut && distance(fix, last) > cut);
}

/** A circle that the contributor keeps to themself: home, work, a school. It stays on the device. */
export interface HomeZone {
  latitude: number;
  longitude: number;
  /** At least 200. */
  radius: number;
}

/** Drops every position inside a zone. A radius below 200 m counts as 200 m. */
export function outsideZones<T extends Fix>(fixes: readonly T[], zones: readonly HomeZone[]): T[] {
  return fixes.filter((fix) => !zones.some((zone) => distance(fix, zone) <= Math.max(200, zone.radius)));
}

/** The H3 cell of a position, for public metadata. A resolution finer than 8 counts as 8. Source: h3geo.org. */
export function coarseCell(fix: Pick<Fix, 'latitude' | 'longitude'>, resolution = FINEST_PUBLIC_RESOLUTION): string {
  return latLngToCell(fix.latitude, fix.longitude, Math.max(0, Math.min(resolution, FINEST_PUBLIC_RESOLUTION)));
}

/** Centre of an H3 cell, in degrees: what may stand for a position in the clear. */
export function cellCentre(cell: string): { latitude: number; longitude: number } {
  const [latitude, longitude] = cellToLatLng(cell);
  return { latitude, longitude };
}
