import { OnlineConsensus } from '../../../api/src/modules/labeling/consensus/online-consensus.ts';
import { madeUpTable } from './made-up-table.ts';
import { SPEED } from './protocol.ts';

/** `node incremental.process.ts VOTES CLASSES` prints `{perSecond}`: labels taken in, in an order that mixes the tasks. */
const [votes, classes] = process.argv.slice(2).map(Number) as [number, number];
const table = madeUpTable(votes, classes);
const tasks = votes / SPEED.votesPerTask;
const online = new OnlineConsensus(tasks, SPEED.workers, classes);
const since = performance.now();
for (let turn = 0; turn < SPEED.votesPerTask; turn += 1) {
  for (let task = 0; task < tasks; task += 1) {
    const vote = task * SPEED.votesPerTask + turn;
    online.add(task, table.voteWorker[vote]!, table.voteLabel[vote]!);
  }
}
const seconds = (performance.now() - since) / 1000;
process.stdout.write(JSON.stringify({ perSecond: votes / seconds }));
