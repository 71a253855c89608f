/** Ends the content of a padded plaintext (ISO/IEC 7816-4: one byte 0x80, then zeros). */
const MARK = 0x80;
const SMALLEST = 256;

/**
 * Size that a plaintext of `length` bytes is padded to: Padmé (Nikitin et al., PETS 2019, section 4), at least 256. It costs at most 12 % and
 * leaves O(log log n) bits of the length to see.
 */
export function paddedSize(length: number): number {
  const needed = Math.max(SMALLEST, length + 1);
  const exponent = Math.floor(Math.log2(needed));
  const step = 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
  return Math.ceil(needed / step) * step;
}

/** Appends 0x80 and zeros up to {@link paddedSize}. Say so in the item's metadata (`padding: 'iso7816-4'`) for whoever opens it. */
export function pad(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(paddedSize(bytes.length));
  padded.set(bytes);
  padded[bytes.length] = MARK;
  return padded;
}

/** Takes the padding off again. Throws RangeError on bytes that were not padded. */
export function unpad(bytes: Uint8Array): Uint8Array {
  let end = bytes.length - 1;
  while (end >= 0 && bytes[end] === 0) end--;
  if (end < 0 || bytes[end] !== MARK) throw new RangeError('the bytes are not padded');
  return bytes.subarray(0, end);
}

/** The UTC day of a time, for public metadata: `2026-11-24`. @param time milliseconds since 1970 */
export function publicDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
