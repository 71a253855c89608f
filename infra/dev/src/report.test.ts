import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { formatTable, JobReport, readResult, runJob, StepFailedError, storeResult } from './report.ts';

describe('JobReport', () => {
  it('names the innermost step that failed', async () => {
    const lines: string[] = [];
    const report = new JobReport((line) => lines.push(line));
    const work = report.step('outer', () => report.step('inner', () => Promise.reject(new Error('no funds'))));
    const refused = await work.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StepFailedError);
    expect((refused as StepFailedError).step).toBe('inner');
    expect((refused as Error).message).toBe('step "inner" failed: no funds');
    expect(report.steps).toEqual([]);
  });

  it('keeps steps and tables', async () => {
    const report = new JobReport(() => {});
    expect(await report.step('one', () => 1)).toBe(1);
    report.table('pay', ['who', 'got'], [['a', 5n]]);
    report.table('pay', ['who', 'got'], [['b', 1200]]);
    expect(report.steps.map((step) => step.name)).toEqual(['one']);
    expect(formatTable(report.tables[0]!)).toBe(['pay', 'who  got', '───  ────', 'a       5', 'b    1200'].join('\n'));
  });

  it('is read as it was stored', () => {
    const folder = mkdtempSync(join(tmpdir(), 'allod-result-'));
    const result = {
      finishedAt: new Date(0).toISOString(),
      ok: true,
      ms: 5,
      steps: [{ name: 'a', ms: 5 }],
      tables: [],
    };
    expect(readResult(folder)).toBeUndefined();
    storeResult(folder, result);
    expect(readResult(folder)).toEqual(result);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('runJob', () => {
  it('gives the steps and tables of a job that ends well', async () => {
    const result = await runJob(
      async (report) => {
        await report.step('one', () => {});
        report.table('t', ['c'], [['v']]);
      },
      () => {},
    );
    expect(result).toMatchObject({ ok: true, steps: [{ name: 'one' }], tables: [{ title: 't' }] });
    expect(result.failedStep).toBeUndefined();
  });

  it('names the step that failed and shows why', async () => {
    const lines: string[] = [];
    const failures: string[] = [];
    const result = await runJob(
      async (report) => {
        await report.step('one', () => {});
        await report.step('two', () => Promise.reject(new Error('no funds')));
      },
      (line) => lines.push(line),
      (step) => failures.push(step),
    );
    expect(result).toMatchObject({ ok: false, failedStep: 'two', steps: [{ name: 'one' }] });
    expect(lines.join('\n')).toContain('step "two" failed: no funds');
    expect(failures).toEqual(['two']);
  });
});
