/**
 * `npm run test:chaos -w @allod/test -- [--loops 20] [--seed N] [--logs FOLDER] [--json]`: see README.md. Exits 1 when something acknowledged was lost,
 * doubled, changed or not anchored, or when something was found in clear.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    loops: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    logs: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const loops = Number(values.loops);
const seed = Number(values.seed);
if (!Number.isInteger(loops) || loops < 1 || !Number.isInteger(seed))
  throw new Error('--loops and --seed are integers');

const log = (line: string): void => void (values.json || process.stdout.write(`${line}\n`));
const { buildStale } = (await import(new URL('../../infra/build.mjs', import.meta.url).href)) as {
  buildStale: (options: { log: (line: string) => void; only: string[] }) => Promise<void>;
};
await buildStale({ log, only: ['api'] });
process.stdout.write(`chaos: seed ${seed}, ${loops} loops\n`);
const { faults, figures } = await runChaos({ seed, loops, log, logs: values.logs });
for (const fault of faults) process.stdout.write(`FAULT ${fault}\n`);
process.stdout.write(`${JSON.stringify({ ...figures, faults: faults.length })}\n`);
process.exit(faults.length === 0 ? 0 : 1);
