import { reasonsBeside } from '../misses.ts';
import type { Target } from './targets.ts';

/** One measured figure; the error is the standard error of the mean. */
export interface Figure {
  readonly value: number;
  readonly standardError?: number | undefined;
  /** The worst single set, seed or order behind the mean. */
  readonly worst?: number | undefined;
}

export type Verdict = 'STRETCH' | 'PASS' | 'FAIL' | 'below stretch' | 'not measured';

export interface Row {
  readonly target: Target;
  readonly figure: Figure | null;
  readonly verdict: Verdict;
  /** Why a floor is missed, from `misses.json`; the bench fails without it. */
  readonly reason: string | null;
}

export const readReasons = (): Record<string, string> => reasonsBeside(import.meta.url);

/** A row per target; a figure that is not there was not measured. */
export function rowsOf(
  targets: readonly Target[],
  figures: Readonly<Record<string, Figure | undefined>>,
  reasons: Readonly<Record<string, string>>,
): Row[] {
  return targets.map((target) => {
    const figure = figures[target.row] ?? null;
    const verdict = verdictOn(target, figure);
    return { target, figure, verdict, reason: verdict === 'FAIL' ? (reasons[target.row] ?? null) : null };
  });
}

function verdictOn(target: Target, figure: Figure | null): Verdict {
  if (!figure) return 'not measured';
  const reaches = (bound: number | null) =>
    bound !== null && (target.better === 'higher' ? figure.value >= bound : figure.value <= bound);
  if (reaches(target.stretch)) return 'STRETCH';
  if (target.floor === null) return 'below stretch';
  return reaches(target.floor) ? 'PASS' : 'FAIL';
}

/** 1 when a floor is missed without a reason. */
export const exitCodeOf = (rows: readonly Row[]): number =>
  rows.some((row) => row.verdict === 'FAIL' && row.reason === null) ? 1 : 0;

/** The rows as lines for people. */
export function tableOf(rows: readonly Row[]): string[] {
  const cells = [
    ['target', 'measured', '± s.e.', 'worst', 'floor', 'stretch', 'verdict'],
    ...rows.map(({ target, figure, verdict }) => [
      `${target.row} (${target.unit})`,
      shown(figure?.value),
      shown(figure?.standardError),
      shown(figure?.worst),
      shown(target.floor),
      shown(target.stretch),
      verdict,
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (column > 0 && column < 6 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  for (const { target, verdict, reason } of rows) {
    if (verdict !== 'FAIL') continue;
    lines.push(`FAIL ${target.row}: ${reason ?? 'NO REASON is written in test/bench/labels/misses.json'}`);
  }
  return lines;
}

function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value === 0 ? 0 : 3);
}
