/** A label that is itself one digit answers to it; any other takes its place in the row: 1 … 9, 0. */
export function keyOfLabel(labels: readonly string[], index: number): string | null {
  if (labels.every((label) => /^[0-9]$/.test(label))) return labels[index] ?? null;
  return index < 10 ? String((index + 1) % 10) : null;
}

export function labelOfKey(labels: readonly string[], key: string): string | null {
  return labels.find((_, index) => keyOfLabel(labels, index) === key) ?? null;
}
