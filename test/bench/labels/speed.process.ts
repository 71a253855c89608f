import { writeFileSync } from 'node:fs';
import { count, emptyCounts, sweep } from '../../../api/src/modules/labeling/consensus/em.ts';
import { goldByTask, startPosterior } from '../../../api/src/modules/labeling/consensus/gold.ts';
import { fitTwoLevel } from '../../../api/src/modules/labeling/consensus/worker-model.ts';
import { madeUpTable } from './made-up-table.ts';
import { SPEED } from './protocol.ts';

/** All iterations of the two-level EM alone, also after it has converged. `node speed.process.ts VOTES CLASSES [FILE]` prints `{seconds, rssMb}` of one run; FILE gets the votes as they lie in memory. */
const [votes, classes, file] = process.argv.slice(2);
const table = madeUpTable(Number(votes), Number(classes));
if (file) {
  writeFileSync(file, table.voteWorker);
  writeFileSync(file, table.voteLabel, { flag: 'a' });
}
const since = performance.now();
const goldLabel = goldByTask(table, new Map());
const posterior = startPosterior(table, goldLabel);
const counts = emptyCounts(table);
const fit = { strength: 8, priorWeight: 1 };
count(table, goldLabel, posterior, counts, false);
for (let i = 0; i < SPEED.iterations; i += 1) sweep(table, fitTwoLevel(counts, fit), goldLabel, posterior, counts);
const seconds = (performance.now() - since) / 1000;
process.stdout.write(JSON.stringify({ seconds, rssMb: process.resourceUsage().maxRSS / 1024 }));
