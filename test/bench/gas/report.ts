import { reasonsBeside } from '../misses.ts';

/** What one of our operations cost. */
export interface Measurement {
  readonly op: string;
  /** Contributors, payees, entries or items that the operation is about. */
  readonly n: number;
  readonly gas: number;
}

/** What a peer paid for the comparable operation. `gas` is null when it could not be measured; `peer` says why. */
export interface PeerFigure {
  /** The op it is compared with, and for which n; without `ns` for each. */
  readonly op: string;
  readonly ns?: readonly number[];
  readonly peer: string;
  readonly gas: number | null;
}

export interface Row {
  readonly op: string;
  readonly n: number;
  readonly gas: number;
  readonly target: number | null;
  readonly peer: string | null;
  readonly peerGas: number | null;
}

export interface Miss {
  readonly op: string;
  readonly n: number;
  readonly gas: number;
  readonly target: number;
  /** From `misses.json`; null when nobody has written one: the bench then fails. */
  readonly reason: string | null;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly missed: readonly Miss[];
}

/** Reasons for missed targets, by op. */
export const readReasons = (): Record<string, string> => reasonsBeside(import.meta.url);

/** One row per measurement and peer; one entry of `missed` per measurement above its target. */
export function reportOf(
  measurements: readonly Measurement[],
  peers: readonly PeerFigure[],
  targets: Readonly<Record<string, number>>,
  reasons: Readonly<Record<string, string>>,
): Report {
  const rows = measurements.flatMap(({ op, n, gas }): Row[] => {
    const target = targets[op] ?? null;
    const compared = peers.filter((figure) => figure.op === op && (figure.ns === undefined || figure.ns.includes(n)));
    if (compared.length === 0) return [{ op, n, gas, target, peer: null, peerGas: null }];
    return compared.map((figure) => ({ op, n, gas, target, peer: figure.peer, peerGas: figure.gas }));
  });
  const missed = measurements.flatMap(({ op, n, gas }): Miss[] => {
    const target = targets[op];
    if (target === undefined || gas <= target) return [];
    return [{ op, n, gas, target, reason: reasons[op] ?? null }];
  });
  return { rows, missed };
}

const number = (value: number | null): string => (value === null ? '–' : value.toLocaleString('en-US'));

/** The report as lines for people. */
export function tableOf({ rows, missed }: Report): string[] {
  const cells = rows.map((row, index) => {
    const isSame = rows[index - 1]?.op === row.op && rows[index - 1]?.n === row.n;
    const verdict = row.target === null ? '' : row.gas <= row.target ? 'ok' : 'MISSED';
    return [
      isSame ? '' : row.op,
      isSame ? '' : number(row.n),
      isSame ? '' : number(row.gas),
      isSame ? '' : row.target === null ? '' : `${number(row.target)} ${verdict}`,
      row.peer ?? '',
      row.peer === null ? '' : number(row.peerGas),
    ];
  });
  const table = [['operation', 'n', 'gas', 'target', 'peer', 'peer gas'], ...cells];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const isRight = (column: number) => column === 1 || column === 2 || column === 5;
  const lines = table.map((row) =>
    row
      .map((cell, column) => (isRight(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  for (const miss of missed) {
    lines.push(
      `MISSED ${miss.op}, n = ${number(miss.n)}: ${number(miss.gas)} > ${number(miss.target)}: ${miss.reason ?? 'NO REASON is written in test/bench/gas/misses.json'}`,
    );
  }
  return lines;
}
