/** `0x1234…abcd`: enough to compare by eye; the whole value stays in the title and in what is copied. */
export function shorten(hex: string): string {
  return hex.length > 14 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex;
}
