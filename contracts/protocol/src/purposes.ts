/** Purpose bits of a consent, a license and a dataset (uint16). */
export const Purpose = {
  TRAIN: 1,
  FINE_TUNE: 2,
  EVALUATE: 4,
  RAG: 8,
  DERIVE: 16,
  REDISTRIBUTE: 32,
  LABEL: 64,
} as const;

export type PurposeName = keyof typeof Purpose;

/** All defined bits; any other bit set makes a consent invalid. */
export const ALL_PURPOSES = 127;

const isUint16 = (bits: number): boolean => Number.isInteger(bits) && bits >= 0 && bits <= 0xffff;

/** Bit set of the named purposes. */
export function purposesOf(...names: PurposeName[]): number {
  return names.reduce((bits, name) => bits | Purpose[name], 0);
}

/** Names of the bits set, in ascending order of bits. Throws RangeError on an undefined bit. */
export function purposeNames(bits: number): PurposeName[] {
  if (!isUint16(bits) || (bits & ~ALL_PURPOSES) !== 0) throw new RangeError(`undefined purpose bits in ${bits}`);
  return (Object.keys(Purpose) as PurposeName[]).filter((name) => (bits & Purpose[name]) !== 0);
}

/** True when every bit of `asked` is in `granted` and at least one is asked. Values outside uint16 cover nothing and are covered by nothing. */
export function coversPurposes(granted: number, asked: number): boolean {
  return isUint16(granted) && isUint16(asked) && asked !== 0 && (asked & ~granted) === 0;
}
