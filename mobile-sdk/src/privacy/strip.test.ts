import { readFileSync } from 'node:fs';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageFormat, stripImage, UnknownImageError } from './strip.ts';

const CANARY = 'GPS 48.8583 N 2.2944 E';
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (...parts: (Uint8Array | number[] | string)[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)))),
  );

/** A TIFF block as a camera writes it: orientation and a pointer to a GPS directory, then the canary where the GPS values are. */
function exif(orientation: number, little: boolean): Uint8Array {
  const data = Buffer.alloc(64);
  const u16 = (at: number, value: number): unknown =>
    little ? data.writeUInt16LE(value, at) : data.writeUInt16BE(value, at);
  const u32 = (at: number, value: number): unknown =>
    little ? data.writeUInt32LE(value, at) : data.writeUInt32BE(value, at);
  data.write(little ? 'II' : 'MM', 0, 'latin1');
  u16(2, 42);
  u32(4, 8);
  u16(8, 2);
  [0x0112, 3].forEach((value, i) => u16(10 + 2 * i, value));
  u32(14, 1);
  u16(18, orientation);
  [0x8825, 4].forEach((value, i) => u16(22 + 2 * i, value));
  u32(26, 1);
  u32(30, 40);
  data.write(CANARY, 40, 'latin1');
  return data;
}

const segment = (marker: number, body: Uint8Array | string): Uint8Array => {
  const payload = bytesOf(body);
  return bytesOf([0xff, marker, (payload.length + 2) >> 8, (payload.length + 2) & 255], payload);
};
/** The smallest baseline JPEG: 1 × 1 pixel, with restart markers and stuffed bytes in its scan. */
const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, 0xd2, 0xff, 0x00, 0xff, 0xd0, 0x7f, 0xff, 0x00];
const tables = [segment(0xdb, new Uint8Array(65).fill(1)), segment(0xc0, bytesOf([8, 0, 1, 0, 1, 1, 1, 0x11, 0]))];
const jfif = segment(0xe0, bytesOf('JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0]));
const icc = segment(0xe2, bytesOf('ICC_PROFILE\0', [1, 1], 'profile'));
const jpeg = (...metadata: Uint8Array[]): Uint8Array<ArrayBuffer> =>
  bytesOf([0xff, 0xd8], jfif, ...metadata, icc, ...tables, scan, [0xff, 0xd9]);

const chunk = (type: string, body: Uint8Array | string): Uint8Array => {
  const payload = bytesOf(type, bytesOf(body));
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(payload.length - 4, 0);
  frame.writeUInt32BE(crc32(payload), 4);
  return bytesOf(frame.subarray(0, 4), payload, frame.subarray(4));
};
const pixels = deflateSync(Buffer.from([0, 255, 0, 0]));
const png = (...metadata: Uint8Array[]): Uint8Array<ArrayBuffer> =>
  bytesOf(
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    chunk('IHDR', bytesOf([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])),
    ...metadata,
    chunk('IDAT', pixels),
    chunk('IEND', ''),
  );

const riff = (type: string, body: Uint8Array | string): Uint8Array => {
  const payload = bytesOf(body);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(payload.length);
  return bytesOf(type, size, payload, payload.length % 2 ? [0] : []);
};
const webp = (...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const body = bytesOf('WEBP', ...chunks);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return bytesOf('RIFF', size, body);
};
const vp8x = (flags: number): Uint8Array => riff('VP8X', bytesOf([flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
const vp8l = riff('VP8L', bytesOf([0x2f, 0, 0, 0, 0x10, 0x88, 0x88]));

describe('stripping a JPEG', () => {
  const metadata = [
    segment(0xe1, bytesOf('Exif\0\0', exif(1, true))),
    segment(0xe1, `http://ns.adobe.com/xap/1.0/\0<x>${CANARY}</x>`),
    segment(0xed, `Photoshop 3.0\0${CANARY}`),
    segment(0xe4, CANARY),
    segment(0xe2, `MPF\0${CANARY}`),
    segment(0xfe, CANARY),
  ];

  it('takes out Exif, XMP, IPTC, unknown segments, comments and what follows the image, and nothing else', () => {
    const { bytes, removed, format } = stripImage(bytesOf(jpeg(...metadata), CANARY));
    expect(format).toBe('image/jpeg');
    expect(removed).toEqual(['Exif', 'XMP', 'IPTC', 'APP4', 'APP2', 'comment', 'data after the image']);
    expect(latin(bytes)).toBe(latin(jpeg()));
  });

  it.each([
    [6, true],
    [8, false],
  ])('keeps orientation %i and nothing more of Exif', (orientation, little) => {
    const { bytes } = stripImage(jpeg(segment(0xe1, bytesOf('Exif\0\0', exif(orientation, little)))));
    expect(latin(bytes)).not.toContain('GPS');
    expect(bytes.length - jpeg().length).toBe(36);
    const again = stripImage(bytes);
    expect(latin(again.bytes)).toBe(latin(bytes));
  });

  it('keeps every scan of a progressive image', () => {
    const twoScans = bytesOf(
      [0xff, 0xd8],
      ...tables,
      scan,
      segment(0xc4, 'huffman'),
      scan,
      segment(0xfe, CANARY),
      scan,
      [0xff, 0xd9],
    );
    const { bytes } = stripImage(twoScans);
    expect(bytes.length).toBe(twoScans.length - segment(0xfe, CANARY).length);
  });
});

describe('stripping a PNG', () => {
  it('takes out Exif, texts, times and private chunks, and leaves the pixels', () => {
    const metadata = [
      chunk('eXIf', exif(6, false)),
      chunk('tEXt', `Comment\0${CANARY}`),
      chunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${CANARY}`),
      chunk('tIME', new Uint8Array(7)),
      chunk('prVt', CANARY),
    ];
    const { bytes, removed } = stripImage(bytesOf(png(chunk('gAMA', new Uint8Array(4)), ...metadata), CANARY));
    expect(removed).toEqual(['Exif', 'tEXt', 'iTXt', 'tIME', 'prVt', 'data after the image']);
    expect(latin(bytes)).toBe(latin(png(chunk('gAMA', new Uint8Array(4)))));
  });

  it('leaves the picture of real files as it is', () => {
    const original = readFileSync(new URL('../../../node_modules/vega-datasets/data/7zip.png', import.meta.url));
    const { bytes } = stripImage(new Uint8Array(original));
    const pixelsOf = (file: Uint8Array): string => {
      const parts: Buffer[] = [];
      for (let at = 8; at < file.length;) {
        const length = Buffer.from(file).readUInt32BE(at);
        if (latin(file.subarray(at + 4, at + 8)) === 'IDAT')
          parts.push(Buffer.from(file.subarray(at + 8, at + 8 + length)));
        at += length + 12;
      }
      return inflateSync(Buffer.concat(parts)).toString('hex');
    };
    expect(pixelsOf(bytes)).toBe(pixelsOf(original));
    expect(latin(bytes)).not.toMatch(/tEXt|iTXt|eXIf|tIME/);
  });
});

describe('stripping a WebP', () => {
  it('takes out Exif and XMP, says so in the header, and keeps the file well-formed', () => {
    const dirty = webp(
      vp8x(0b0010_1100),
      riff('ICCP', 'profile'),
      vp8l,
      riff('EXIF', CANARY),
      riff('XMP ', CANARY),
      riff('odd!', CANARY),
    );
    const { bytes, removed } = stripImage(bytesOf(dirty, CANARY));
    expect(removed).toEqual(['Exif', 'XMP', 'odd!', 'data after the image']);
    expect(latin(bytes)).toBe(latin(webp(vp8x(0b0010_0000), riff('ICCP', 'profile'), vp8l)));
    expect(latin(stripImage(webp(vp8l)).bytes)).toBe(latin(webp(vp8l)));
  });

  it('looks into the frames of an animation', () => {
    const frame = (...chunks: Uint8Array[]): Uint8Array => riff('ANMF', bytesOf(new Uint8Array(16).fill(3), ...chunks));
    const { bytes } = stripImage(
      webp(vp8x(2), riff('ANIM', new Uint8Array(6)), frame(vp8l, riff('note', CANARY)), frame(vp8l)),
    );
    expect(latin(bytes)).toBe(latin(webp(vp8x(2), riff('ANIM', new Uint8Array(6)), frame(vp8l), frame(vp8l))));
  });
});

describe('what is no image', () => {
  it('is refused, not passed on', () => {
    for (const bytes of [
      bytesOf('GIF89a'),
      bytesOf(''),
      bytesOf('%PDF-1.7'),
      jpeg().slice(0, 40),
      png().slice(0, 40),
      webp(vp8l).slice(0, 20),
    ])
      expect(() => stripImage(bytes)).toThrow(UnknownImageError);
    expect(imageFormat(bytesOf('GIF89a'))).toBeUndefined();
  });

  it('never makes the filter fail otherwise, nor lets a canary in a metadata segment pass', () => {
    const dirty = [
      jpeg(segment(0xe1, `Exif\0\0${CANARY}`)),
      png(chunk('tEXt', CANARY)),
      webp(vp8l, riff('EXIF', CANARY)),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...dirty), fc.nat(), fc.integer({ min: 0, max: 255 }), (file, at, value) => {
        const damaged = file.with(at % file.length, value);
        try {
          return imageFormat(stripImage(damaged).bytes) !== undefined;
        } catch (error) {
          return error instanceof UnknownImageError;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
