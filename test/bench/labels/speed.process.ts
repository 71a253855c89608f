import { writeFileSync } from 'node:fs';
import { twoLevelDawidSkene } from '../../../api/src/modules/labeling/consensus/dawid-skene.ts';
import { madeUpTable } from './made-up-table.ts';
import { SPEED } from './protocol.ts';

/** The EM alone, everybody being heard. `node speed.process.ts VOTES CLASSES [FILE]` prints `{seconds, rssMb}` of one run; FILE gets the votes as they lie in memory. */
const [votes, classes, file] = process.argv.slice(2);
const table = madeUpTable(Number(votes), Number(classes));
if (file) {
  writeFileSync(file, table.voteWorker);
  writeFileSync(file, table.voteLabel, { flag: 'a' });
}
const nobody = new Uint8Array(SPEED.workers);
const hearing = { heard: table, copies: nobody, unheard: nobody };
const since = performance.now();
const { iterations } = twoLevelDawidSkene(table, { hearing, maxIterations: SPEED.iterations });
const seconds = (((performance.now() - since) / 1000) * SPEED.iterations) / iterations;
process.stdout.write(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
