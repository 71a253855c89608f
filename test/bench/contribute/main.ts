import { parseArgs } from 'node:util';
import { contributorBundle } from '../../../mobile-sdk/scripts/bundle-size.ts';
import { measureEncryption } from './encrypt.ts';
import { round } from './figures.ts';
import { measureMemory } from './memory.ts';
import { measureSmallItems } from './small.ts';
import { type Figures, lineOf, readReasons, verdictsOf } from './targets.ts';
import { measureUpload } from './upload.ts';
import { startWorld } from './world.ts';

const USAGE = `bench contribute [--json] [--rounds 3] [--megabytes 500] [--memory 2000] [--items 5000]
The real API, PostgreSQL that syncs, and the device's queue on the same machine, over loopback. Ratios are between figures of this run.
--json: the last line is {encryptRatio,encryptCidRatio,uploadRatio,tusRatio,smallItemRatio,rssMB,bundleKB}
--memory: megabytes of the file whose encryption must stay within the memory bound
`;

/** Prints figures and verdicts; exits 1 when a target is missed and no reason is written down. */
export async function run(args: readonly string[]): Promise<number> {
  const options = {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '500' },
    memory: { type: 'string', default: '2000' },
    items: { type: 'string', default: '5000' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const [rounds, megabytes, memory, items] = [values.rounds, values.megabytes, values.memory, values.items].map(
    Number,
  ) as [number, number, number, number];
  const say = (text: string): void => void process.stdout.write(`${text}\n`);

  const { gzip } = await contributorBundle();
  const rssMB = measureMemory(memory, say);
  const encryption = await measureEncryption(64, 3 * rounds, say);
  const world = await startWorld();
  try {
    const { smallItemRatio } = await measureSmallItems(world, items, rounds, say);
    const upload = await measureUpload(world, megabytes, rounds, say);
    say(`contribute ÷ tus that keeps nothing on the device: ${round(upload.tusStreamRatio)}`);
    const figures: Figures = {
      encryptRatio: round(encryption.encryptRatio),
      encryptCidRatio: round(encryption.encryptCidRatio),
      uploadRatio: round(upload.uploadRatio),
      tusRatio: round(upload.tusRatio),
      smallItemRatio: round(smallItemRatio),
      rssMB: round(rssMB),
      bundleKB: round(gzip / 1000),
    };
    const verdicts = verdictsOf(figures, readReasons());
    for (const verdict of verdicts) say(lineOf(verdict));
    if (values.json) say(JSON.stringify(figures));
    return verdicts.some(({ pass, reason }) => !pass && reason === null) ? 1 : 0;
  } finally {
    await world.stop();
  }
}
