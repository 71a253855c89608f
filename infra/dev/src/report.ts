import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`step "${step}" failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

export interface StepResult {
  name: string;
  ms: number;
}

export interface ResultTable {
  title: string;
  columns: string[];
  rows: string[][];
}

export interface JobResult {
  finishedAt: string;
  ok: boolean;
  failedStep?: string;
  ms: number;
  steps: StepResult[];
  tables: ResultTable[];
}

/** Runs the steps of the main job one after the other, keeps their times, and collects the tables of the result. */
export class JobReport {
  readonly steps: StepResult[] = [];
  readonly tables: ResultTable[] = [];
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Runs one named step; a failure carries the name of the innermost step. */
  async step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const since = performance.now();
    try {
      const value = await work();
      const ms = Math.round(performance.now() - since);
      this.steps.push({ name, ms });
      this.#print(`  ✓ ${name.padEnd(66)} ${(ms / 1000).toFixed(1).padStart(6)} s`);
      return value;
    } catch (error) {
      this.#print(`  ✗ ${name}`);
      throw error instanceof StepFailedError ? error : new StepFailedError(name, error);
    }
  }

  note(text: string): void {
    this.#print(`    ${text}`);
  }

  /** Adds a table to the result, or rows to the table of that title. */
  table(title: string, columns: string[], rows: readonly (readonly (string | number | bigint)[])[]): void {
    const text = rows.map((row) => row.map(String));
    const existing = this.tables.find((table) => table.title === title);
    if (existing) existing.rows.push(...text);
    else this.tables.push({ title, columns, rows: text });
  }
}

/** Runs a job to its end; a failure is printed with its step and its cause, and becomes part of the result. */
export async function runJob(
  job: (report: JobReport) => Promise<void>,
  print: (line: string) => void,
  onFailure: (step: string, error: unknown) => void = () => {},
): Promise<JobResult> {
  const report = new JobReport(print);
  const since = Date.now();
  let failedStep: string | undefined;
  try {
    await job(report);
  } catch (error) {
    failedStep = error instanceof StepFailedError ? error.step : 'main job';
    const cause = error instanceof StepFailedError ? error.cause : error;
    onFailure(failedStep, cause);
    print(`\n${error instanceof StepFailedError ? error.message : new StepFailedError(failedStep, error).message}`);
    print(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  }
  return {
    finishedAt: new Date().toISOString(),
    ok: failedStep === undefined,
    ...(failedStep === undefined ? {} : { failedStep }),
    ms: Date.now() - since,
    steps: report.steps,
    tables: report.tables,
  };
}

const isNumber = (cell: string): boolean => /^-?[\d,._ ]+( (s|ms|gas|USD|%))?$/.test(cell);

export function formatTable({ title, columns, rows }: ResultTable): string {
  const all = [columns, ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => (row[index] ?? '').length)));
  const line = (row: string[]): string =>
    widths
      .map((width, index) => {
        const cell = row[index] ?? '';
        return isNumber(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [title, line(columns), rule, ...rows.map(line)].join('\n');
}

export function formatResult(result: JobResult): string {
  const tables = result.tables.map(formatTable).join('\n\n');
  return `${tables}\n\nmain job: ${result.steps.length} steps in ${(result.ms / 1000).toFixed(1)} s, finished ${result.finishedAt}`;
}

const fileOf = (dataDir: string): string => join(dataDir, 'result.json');

export function readResult(dataDir: string): JobResult | undefined {
  const file = fileOf(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JobResult) : undefined;
}

export function storeResult(dataDir: string, result: JobResult): void {
  const file = fileOf(dataDir);
  writeFileSync(`${file}.new`, JSON.stringify(result, null, 2));
  renameSync(`${file}.new`, file);
}
