import assert from 'node:assert/strict';
import type { JobReport } from '../report.ts';
import type { Stack } from '../stack.ts';
import type { Actors } from './actors.ts';

/** What the steps of the main job share. */
export interface Line {
  stack: Stack;
  report: JobReport;
  actors: Actors;
  gas: GasBook;
}

/** Gas per kind of call, in the order of their first use. */
export class GasBook {
  readonly #calls = new Map<string, bigint[]>();

  add(call: string, gasUsed: bigint): void {
    this.#calls.set(call, [...(this.#calls.get(call) ?? []), gasUsed]);
  }

  rows(): (string | number | bigint)[][] {
    return [...this.#calls].map(([call, used]) => {
      const sum = used.reduce((a, b) => a + b, 0n);
      return [call, used.length, sum / BigInt(used.length)];
    });
  }
}

/** Token base units (6 decimals) as people write them. */
export function usd(units: bigint): string {
  const text = (units < 0n ? -units : units).toString().padStart(7, '0');
  return `${units < 0n ? '-' : ''}${text.slice(0, -6)}.${text.slice(-6)}`;
}

/** Fails the step unless the condition holds; the main job proves what it prints. */
export function expect(condition: unknown, what: string): asserts condition {
  assert.ok(condition, what);
}
