import { describe, expect, test } from 'vitest';
import { grayToRgba, isSafePng, parseGrayType } from './gray-image.ts';

describe('gray images', () => {
  test('the size is in the media type', () => {
    expect(parseGrayType('image/x-gray-28x28')).toEqual({ width: 28, height: 28 });
    expect(parseGrayType('image/x-gray-0x28')).toBeNull();
    expect(parseGrayType('image/x-gray-99999x1')).toBeNull();
    expect(parseGrayType('image/svg+xml')).toBeNull();
  });

  test('each byte becomes one opaque gray pixel', () => {
    expect([...grayToRgba(new Uint8Array([0, 255]), { width: 2, height: 1 })!]).toEqual([
      0, 0, 0, 255, 255, 255, 255, 255,
    ]);
  });

  test('bytes that are not exactly one image are refused', () => {
    expect(grayToRgba(new Uint8Array(783), { width: 28, height: 28 })).toBeNull();
    expect(grayToRgba(new Uint8Array(785), { width: 28, height: 28 })).toBeNull();
  });
});

describe('png', () => {
  const header = (width: number, height: number) => {
    const bytes = new Uint8Array(33);
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    new DataView(bytes.buffer).setUint32(16, width);
    new DataView(bytes.buffer).setUint32(20, height);
    return bytes;
  };

  test('an ordinary one passes, a bomb, an empty or another file does not', () => {
    expect(isSafePng(header(640, 480))).toBe(true);
    expect(isSafePng(header(65_535, 65_535))).toBe(false);
    expect(isSafePng(header(0, 480))).toBe(false);
    expect(isSafePng(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe(false);
    expect(isSafePng(new Uint8Array())).toBe(false);
  });
});
