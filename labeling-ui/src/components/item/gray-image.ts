export interface GraySize {
  width: number;
  height: number;
}

/** `image/x-gray-28x28`: one byte per pixel, row by row, 0 black to 255 white, nothing else. */
export function parseGrayType(mediaType: string): GraySize | null {
  const match = /^image\/x-gray-([1-9][0-9]{0,3})x([1-9][0-9]{0,3})$/.exec(mediaType);
  return match === null ? null : { width: Number(match[1]), height: Number(match[2]) };
}

/** Canvas pixels, or null when the bytes are not exactly one image of that size. */
export function grayToRgba(bytes: Uint8Array, { width, height }: GraySize): Uint8ClampedArray<ArrayBuffer> | null {
  if (bytes.length !== width * height) return null;
  const rgba = new Uint8ClampedArray(new ArrayBuffer(bytes.length * 4));
  bytes.forEach((value, pixel) => {
    rgba.fill(value, pixel * 4, pixel * 4 + 3);
    rgba[pixel * 4 + 3] = 255;
  });
  return rgba;
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MAX_SIDE = 8_192;

/** Looks at the signature and the size in the header, before any decoder sees the bytes. */
export function isSafePng(bytes: Uint8Array): boolean {
  if (bytes.length < 24 || !PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;
}
