import { canonicalJson, sha256, toHex, utf8 } from '@allod/protocol';
import { coarseCell, type HomeZone, outsideZones } from '../privacy/location.ts';
import { pad, publicDay } from '../privacy/padding.ts';
import { stripImage } from '../privacy/strip.ts';
import type { CollectedItem } from './item.ts';

/** A picture with what the device knew when it was taken. */
export interface RawImage {
  /** JPEG, PNG or WebP. */
  bytes: Uint8Array;
  width: number;
  height: number;
  /** Milliseconds since 1970. */
  time: number;
  gnss: { latitude: number; longitude: number; altitude?: number; accuracy: number; satellites?: number };
  /** Degrees: heading clockwise from true north, pitch above the horizon, roll clockwise. */
  pose?: { heading: number; pitch: number; roll: number };
  camera?: { model?: string; horizontalFieldOfView?: number };
}

/** Zoom of the tile in a record: about 2.4 km wide at the equator. */
export const TILE_ZOOM = 14;
/** Latitude at which web maps end. */
const MERCATOR_LIMIT = 85.0511287798066;

/** Web map tile `z/x/y` of a position (OGC 17-083r4, WebMercatorQuad). */
export function tileOf({ latitude, longitude }: { latitude: number; longitude: number }, zoom = TILE_ZOOM): string {
  const tiles = 2 ** zoom;
  const bounded = (Math.max(-MERCATOR_LIMIT, Math.min(MERCATOR_LIMIT, latitude)) * Math.PI) / 180;
  const clamp = (value: number): number => Math.max(0, Math.min(tiles - 1, Math.floor(value)));
  const x = clamp(((longitude + 180) / 360) * tiles);
  const y = clamp(((1 - Math.asinh(Math.tan(bounded)) / Math.PI) / 2) * tiles);
  return `${zoom}/${x}/${y}`;
}

/**
 * Two items of one picture: the picture without its metadata, and the record of where and how it was taken, which names the picture
 * by its hash. Null inside a home zone: such a picture does not leave the device.
 *
 * @throws UnknownImageError for anything that cannot be cleaned
 */
export function imageItems(
  raw: RawImage,
  zones: readonly HomeZone[] = [],
): { items: [picture: CollectedItem, record: CollectedItem]; removed: string[] } | null {
  const { gnss, time } = raw;
  if (outsideZones([{ ...gnss, time }], zones).length === 0) return null;
  const { bytes, format, removed } = stripImage(raw.bytes);
  const heading = raw.pose && ((raw.pose.heading % 360) + 360) % 360;
  const record = {
    v: 1,
    kind: 'image',
    image: toHex(sha256(bytes)),
    mediaType: format,
    width: raw.width,
    height: raw.height,
    time: new Date(time).toISOString(),
    gnss,
    ...(raw.pose ? { pose: { ...raw.pose, heading } } : {}),
    ...(raw.camera ? { camera: raw.camera } : {}),
    tile: tileOf(gnss),
  };
  const metadata = { kind: 'image', cell: coarseCell(gnss), day: publicDay(time) };
  return {
    removed,
    items: [
      { bytes, mediaType: format, metadata },
      {
        bytes: pad(utf8(canonicalJson(record))),
        mediaType: 'application/json',
        metadata: { ...metadata, padding: 'iso7816-4' },
      },
    ],
  };
}
