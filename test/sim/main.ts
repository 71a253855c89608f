import { parseArgs } from 'node:util';
import { simulateJob } from './job-simulation.ts';
import type { SimulatedOutcome } from './job-simulation.ts';
import { crewOf, CREWS } from '../../api/src/testing/simulated-labelers.ts';
import type { CrewName } from '../../api/src/testing/simulated-labelers.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    first: { type: 'string', default: '1' },
    crew: { type: 'string', default: 'target' },
    tasks: { type: 'string', default: '2000' },
    round: { type: 'string', default: '60' },
    quiz: { type: 'string', default: '7' },
    pass: { type: 'string', default: '7000' },
    hidden: { type: 'string', default: '500' },
    hold: { type: 'string', default: '30' },
    recent: { type: 'string', default: '30' },
    max: { type: 'string', default: '5' },
  },
});
const show = (o: SimulatedOutcome) =>
  `spam ${(o.spamPaid * 100).toFixed(1)} good ${(o.goodPaid * 100).toFixed(1)} acc ${(o.accuracy * 100).toFixed(1)} l/t ${o.labelsPerTask.toFixed(2)} wait ${o.waited.toFixed(0)} att ${o.quizAttempts} kinds ${JSON.stringify(o.paidByKind, (_, v) => (typeof v === 'number' ? Math.round(v * 1000) / 10 : v))} goodRefused ${JSON.stringify(o.refusedGood)} spamPaid ${JSON.stringify(o.paidSpam)} known ${o.known} wrong ${o.knownWrong} ${o.settlements} rounds ${o.seconds.toFixed(1)} s`;
const all: SimulatedOutcome[] = [];
for (let seed = Number(values.first); seed < Number(values.first) + Number(values.seeds); seed += 1) {
  const outcome = simulateJob(
    {
      tasks: Number(values.tasks),
      classes: 3,
      rule: { overlapMin: 2, overlapMax: Number(values.max), threshold: 0.9995, margin: 0.2 },
      patience: { holdLabels: Number(values.hold), recentLabels: Number(values.recent) },
      quizSize: Number(values.quiz),
      quizPassBps: Number(values.pass),
      hiddenGoldBps: Number(values.hidden),
      labelsPerRound: Number(values.round),
      seed,
    },
    crewOf(CREWS[values.crew as CrewName], seed),
  );
  all.push(outcome);
  console.log(seed, show(outcome));
}
const mean = (of: (o: SimulatedOutcome) => number) => all.reduce((s, o) => s + of(o), 0) / all.length;
console.log(
  `MEAN ${values.crew} spam ${(mean((o) => o.spamPaid) * 100).toFixed(2)} worst ${(Math.max(...all.map((o) => o.spamPaid)) * 100).toFixed(1)} good ${(mean((o) => o.goodPaid) * 100).toFixed(2)} worst ${(Math.min(...all.map((o) => o.goodPaid)) * 100).toFixed(1)} acc ${(mean((o) => o.accuracy) * 100).toFixed(2)} wait ${mean((o) => o.waited).toFixed(0)}`,
);
