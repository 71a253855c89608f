import { runMainJob } from '@allod/dev/src/main-job/index.ts';
import { JobReport } from '@allod/dev/src/report.ts';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';

jest.setTimeout(300_000);

describe('the whole line, from a device to a paycheck', () => {
  let stack: Stack;
  const report = new JobReport((line) => process.stdout.write(`${line}\n`));

  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  test('contribute, label, license, decrypt, get paid, be refused', async () => {
    await runMainJob(stack, report);
    expect(report.steps.length).toBeGreaterThan(15);
  });

  test('the careless labeler is refused with a reason, the one that always answers 1 is not qualified', () => {
    const rows = report.tables.find(({ title }) => title === 'Labeling')?.rows ?? [];
    const careless = rows.find(([, works]) => works === 'careless after the quiz') ?? [];
    const constant = rows.find(([, works]) => works === 'always answers 1') ?? [];
    expect(Number(careless[5])).toBeGreaterThan(0);
    expect(careless[6]).toMatch(/^[A-Z_]+( [A-Z_]+)*$/);
    expect(constant[2]).toMatch(/^GOLD_FAILED \d+\/10$/);
    expect(Number(constant[7])).toBe(0);
  });

  test('everyone who contributed or labeled well is paid from the licenses, and dust is below a cent', () => {
    const money = new Map(
      (report.tables.find(({ title }) => title === 'Money')?.rows ?? []).map(([what, usd]) => [what, Number(usd)]),
    );
    for (const name of [
      'contributor 1',
      'contributor 2',
      'contributor 3',
      'labeler 1',
      'labeler 2',
      'labeler 3',
      'curator',
    ]) {
      expect(money.get(`claimed by ${name}`)).toBeGreaterThan(0);
    }
    expect(money.get('dust left by rounding')).toBeLessThan(0.01);
    const paid = money.get('paid by the AI company for three licenses') ?? 0;
    const claimed = [...money]
      .filter(([what]) => what?.startsWith('claimed by'))
      .reduce((sum, [, usd]) => sum + usd, 0);
    expect(Math.abs(paid - claimed)).toBeLessThan(0.01);
  });
});
