/** How much dearer a call may get before its snapshot has to be accepted anew: 2 %. */
const TOLERANCE_PERCENT = 2;

/** What differs from the committed figures: calls that got dearer by more than 2 %, and calls that one side lacks. */
export function regressionsOf(
  measured: Readonly<Record<string, number>>,
  snapshot: Readonly<Record<string, number>>,
): string[] {
  const names = [...new Set([...Object.keys(snapshot), ...Object.keys(measured)])];
  return names.flatMap((name) => {
    const [before, after] = [snapshot[name], measured[name]];
    if (before === undefined) return [`${name} is in no snapshot`];
    if (after === undefined) return [`${name} was not measured`];
    if (after * 100 <= before * (100 + TOLERANCE_PERCENT)) return [];
    return [`${name} costs ${after}, not ${before}: ${(((after - before) / before) * 100).toFixed(1)} % more`];
  });
}
