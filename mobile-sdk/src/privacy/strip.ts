import { concatBytes } from '@allod/protocol';

/** Image formats whose metadata can be stripped without decoding a pixel. */
export type ImageFormat = 'image/jpeg' | 'image/png' | 'image/webp';

/** The bytes are no image of a known format, or its structure is broken: what cannot be cleaned is not sent. */
export class UnknownImageError extends Error {
  override name = 'UnknownImageError';
  readonly code = 'UNKNOWN_IMAGE';
}

/** A result of cleaning: the bytes to send and what was taken out, for the app to show. */
export interface Stripped {
  bytes: Uint8Array<ArrayBuffer>;
  format: ImageFormat;
  /** For example `['Exif', 'XMP', 'comment']`. */
  removed: string[];
}

/** The format of an image by its first bytes; undefined for anything else. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) return 'image/png';
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return 'image/webp';
  return undefined;
}

/**
 * Takes Exif (with GPS position and thumbnail), XMP, IPTC, maker notes, comments, text and everything after the image's end out of a
 * JPEG, PNG or WebP. Pixels, colour profile and animation stay byte for byte. Works on an allowlist: a part that is not needed to show
 * the image is dropped, known or not. The orientation of a JPEG is kept in an Exif segment of 36 bytes that holds nothing else.
 *
 * Sources: ITU-T T.81 (JPEG), CIPA DC-008 (Exif), W3C PNG 3, RFC 9649 (WebP).
 *
 * @throws UnknownImageError
 */
export function stripImage(bytes: Uint8Array): Stripped {
  const format = imageFormat(bytes);
  if (format === 'image/jpeg') return { format, ...stripJpeg(bytes) };
  if (format === 'image/png') return { format, ...stripPng(bytes) };
  if (format === 'image/webp') return { format, ...stripWebp(bytes) };
  throw new UnknownImageError('not a JPEG, PNG or WebP image');
}

type Parts = Pick<Stripped, 'bytes' | 'removed'>;

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PNG_KEPT = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT'.split(' '),
);
const WEBP_KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);

const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const broken = (what: string): never => {
  throw new UnknownImageError(`broken ${what}`);
};

function stripJpeg(bytes: Uint8Array): Parts {
  const data = view(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  const removed: string[] = [];
  let orientation = 1;
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff) broken('JPEG segment');
    while (bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1] ?? broken('JPEG segment');
    if (marker === 0xd9) {
      parts.push(bytes.subarray(at, at + 2));
      at += 2;
      break;
    }
    if (at + 4 > bytes.length) broken('JPEG segment');
    const end = at + 2 + data.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) broken('JPEG segment');
    const segment = bytes.subarray(at, end);
    const name = jpegMetadata(marker, segment);
    if (name === undefined) parts.push(segment);
    else {
      if (name === 'Exif') orientation = exifOrientation(segment.subarray(10));
      removed.push(name);
    }
    at = end;
    if (marker !== 0xda) continue;
    const scan = scanEnd(bytes, at);
    parts.push(bytes.subarray(at, scan));
    at = scan;
  }
  if (at < bytes.length) removed.push('data after the image');
  if (orientation > 1) parts.splice(1, 0, orientationSegment(orientation));
  return { bytes: concatBytes(...parts), removed: [...new Set(removed)] };
}

/** Name of the metadata in a JPEG segment; undefined when the segment is needed to decode. */
function jpegMetadata(marker: number, segment: Uint8Array): string | undefined {
  if (marker === 0xfe) return 'comment';
  if (marker < 0xe0 || marker > 0xef) return undefined;
  const id = text(segment, 4, 29);
  if (marker === 0xe0 && id.startsWith('JFIF\0')) return segment.length > 18 ? 'JFIF thumbnail' : undefined;
  if (marker === 0xe2 && id.startsWith('ICC_PROFILE\0')) return undefined;
  if (marker === 0xee && id.startsWith('Adobe')) return undefined;
  if (id.startsWith('Exif\0')) return 'Exif';
  if (id.startsWith('http://ns.adobe.com/')) return 'XMP';
  if (id.startsWith('Photoshop')) return 'IPTC';
  return `APP${marker - 0xe0}`;
}

/** First byte after entropy-coded data: the next marker that is neither a stuffed zero nor a restart. */
function scanEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    const next = bytes[at + 1] as number;
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return broken('JPEG scan');
}

/** Orientation (tag 0x0112) in the first directory of a TIFF block; 1 when there is none or it is no sensible value. */
function exifOrientation(tiff: Uint8Array): number {
  if (tiff.length < 14) return 1;
  const little = text(tiff, 0, 2) === 'II';
  const data = view(tiff);
  const first = data.getUint32(4, little);
  if (first + 2 > tiff.length) return 1;
  const count = data.getUint16(first, little);
  for (let i = 0; i < count && first + 2 + (i + 1) * 12 <= tiff.length; i++) {
    const entry = first + 2 + i * 12;
    if (data.getUint16(entry, little) !== 0x0112) continue;
    const value = data.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An Exif segment with the orientation as its only entry. */
function orientationSegment(orientation: number): Uint8Array {
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const body = [...new TextEncoder().encode('Exif\0\0'), ...tiff];
  return new Uint8Array([0xff, 0xe1, 0, body.length + 2, ...body]);
}

function stripPng(bytes: Uint8Array): Parts {
  const data = view(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  const removed: string[] = [];
  let at = 8;
  for (let type = ''; type !== 'IEND';) {
    if (at + 12 > bytes.length) broken('PNG chunk');
    const end = at + 12 + data.getUint32(at);
    if (end > bytes.length) broken('PNG chunk');
    type = text(bytes, at + 4, 4);
    if (PNG_KEPT.has(type)) parts.push(bytes.subarray(at, end));
    else removed.push(type === 'eXIf' ? 'Exif' : type);
    at = end;
  }
  if (at < bytes.length) removed.push('data after the image');
  return { bytes: concatBytes(...parts), removed: [...new Set(removed)] };
}

function stripWebp(bytes: Uint8Array): Parts {
  const removed: string[] = [];
  const end = 8 + view(bytes).getUint32(4, true);
  if (end > bytes.length) broken('WebP file');
  const head = bytes.slice(0, 12);
  const body = keptChunks(bytes.subarray(12, end), removed);
  view(head).setUint32(4, body.length + 4, true);
  if (end < bytes.length) removed.push('data after the image');
  return { bytes: concatBytes(head, body), removed: [...new Set(removed)] };
}

/** The chunks of a RIFF list that show the image; those inside animation frames are filtered too. */
function keptChunks(list: Uint8Array, removed: string[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < list.length;) {
    if (at + 8 > list.length) broken('WebP chunk');
    const size = view(list).getUint32(at + 4, true);
    const next = at + 8 + size + (size % 2);
    if (next > list.length) broken('WebP chunk');
    const type = text(list, at, 4);
    if (!WEBP_KEPT.has(type)) removed.push({ EXIF: 'Exif', 'XMP ': 'XMP' }[type] ?? type.trim());
    else if (type === 'ANMF') parts.push(...frame(list.subarray(at, at + 8 + size), removed));
    else {
      const chunk = list.slice(at, next);
      // Bits 2 and 3 of the VP8X flags say that XMP and Exif follow.
      if (type === 'VP8X') chunk[8] = (chunk[8] as number) & ~0b1100;
      parts.push(chunk);
    }
    at = next;
  }
  return concatBytes(...parts);
}

/** An animation frame: 16 bytes of parameters, then chunks of its own. */
function frame(chunk: Uint8Array, removed: string[]): Uint8Array[] {
  const body = concatBytes(chunk.subarray(8, 24), keptChunks(chunk.subarray(24), removed));
  const head = chunk.slice(0, 8);
  view(head).setUint32(4, body.length, true);
  return [head, body];
}
