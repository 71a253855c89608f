import { randomInt } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { runChaos } from '../chaos/run.ts';

jest.setTimeout(300_000);

/** Enough loops that every kind of blow falls once; `npm run test:chaos` has more. */
const LOOPS = 2;
const BLOWS = 3;
const seed = Number(process.env['ALLOD_CHAOS_SEED'] ?? randomInt(2 ** 31));

test(`what a device was told is safe survives ${LOOPS} loops of chaos (ALLOD_CHAOS_SEED=${seed}), once, unchanged, never in clear`, async () => {
  const plan: string[] = [`seed ${seed}`];
  const { faults, figures } = await runChaos({
    seed,
    loops: LOOPS,
    blowsPerLoop: BLOWS,
    log: (line) => plan.push(line),
  });
  if (faults.length > 0) throw new Error([...faults, ...plan].join('\n'));
  expect(figures.acknowledged).toBeGreaterThan(0);
  expect(Object.values(figures.blows)).toHaveLength(6);
  expect(figures.contributions).toBeGreaterThanOrEqual(figures.acknowledged);
});
