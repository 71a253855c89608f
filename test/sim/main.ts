import { parseArgs } from 'node:util';
import { crewOf, CREWS } from '../../api/src/testing/simulated-labelers.ts';
import type { CrewName } from '../../api/src/testing/simulated-labelers.ts';
import { simulateJob } from './job-simulation.ts';
import type { SimulatedOutcome } from './job-simulation.ts';

const USAGE = `sim [--crew ${Object.keys(CREWS).join('|')}|all] [--seeds 3] [--tasks 2000] [--json]
policy: [--hold 40] [--recent 30] [--hidden 500] [--quiz 7] [--pass 7000] [--max 5] [--round 240]
Exit 1 when the crew "target" is not within the targets of the job.
`;
/** Of the job that is proved through the public API: spam labels paid at most, good labels paid at least. */
const TARGETS = { spamPaid: 0.08, goodPaid: 0.93 };
/** The posterior from which the API closes a task, and the margin at the largest overlap. */
const CLOSING = { threshold: 0.9998, margin: 0.2 };
const CLASSES = 3;

const { values } = parseArgs({
  options: {
    crew: { type: 'string', default: 'all' },
    seeds: { type: 'string', default: '3' },
    tasks: { type: 'string', default: '2000' },
    round: { type: 'string', default: '240' },
    hold: { type: 'string', default: '40' },
    recent: { type: 'string', default: '30' },
    hidden: { type: 'string', default: '500' },
    quiz: { type: 'string', default: '7' },
    pass: { type: 'string', default: '7000' },
    max: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const jobOf = (seed: number) => ({
  tasks: Number(values.tasks),
  classes: CLASSES,
  rule: { overlapMin: 2, overlapMax: Number(values.max), ...CLOSING },
  patience: { holdLabels: Number(values.hold), recentLabels: Number(values.recent) },
  quizSize: Number(values.quiz),
  quizPassBps: Number(values.pass),
  hiddenGoldBps: Number(values.hidden),
  labelsPerRound: Number(values.round),
  seed,
});

interface Figure {
  readonly mean: number;
  readonly standardError: number;
  readonly worst: number;
}

function figureOf(
  outcomes: readonly SimulatedOutcome[],
  of: (outcome: SimulatedOutcome) => number,
  high: boolean,
): Figure {
  const all = outcomes.map(of);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, all.length - 1);
  return { mean, standardError: Math.sqrt(variance / all.length), worst: high ? Math.min(...all) : Math.max(...all) };
}

function reportOf(outcomes: readonly SimulatedOutcome[]) {
  const kinds = [...new Set(outcomes.flatMap(({ paidByKind }) => Object.keys(paidByKind)))].sort();
  const known = outcomes.reduce((sum, outcome) => sum + outcome.known, 0);
  return {
    spamPaid: figureOf(outcomes, ({ spamPaid }) => spamPaid, false),
    goodPaid: figureOf(outcomes, ({ goodPaid }) => goodPaid, true),
    accuracy: figureOf(outcomes, ({ accuracy }) => accuracy, true),
    labelsPerTask: figureOf(outcomes, ({ labelsPerTask }) => labelsPerTask, false),
    knownRight: known === 0 ? null : 1 - outcomes.reduce((sum, { knownWrong }) => sum + knownWrong, 0) / known,
    known,
    paidByKind: Object.fromEntries(
      kinds.map((kind) => [
        kind,
        figureOf(outcomes, ({ paidByKind }) => (paidByKind as Record<string, number>)[kind] ?? 0, false),
      ]),
    ),
  };
}

const percent = (value: number): string => (value * 100).toFixed(1);
const shown = ({ mean, standardError, worst }: Figure): string =>
  `${percent(mean)} ± ${percent(standardError)} (worst ${percent(worst)})`;

function print(crew: string, report: ReturnType<typeof reportOf>): void {
  const kinds = Object.entries(report.paidByKind).map(([kind, figure]) => `${kind} ${shown(figure)}`);
  process.stdout.write(
    `${crew}: spam paid ${shown(report.spamPaid)}, good paid ${shown(report.goodPaid)}, right ${shown(report.accuracy)}, ` +
      `${report.labelsPerTask.mean.toFixed(2)} labels a task, ` +
      `${report.known} items taken for known, ${percent(report.knownRight ?? 1)} of them rightly\n  spam paid by kind: ${kinds.join('; ')}\n`,
  );
}

function main(): number {
  const crews = values.crew === 'all' ? (Object.keys(CREWS) as CrewName[]) : [values.crew as CrewName];
  if (values.help || crews.some((crew) => CREWS[crew] === undefined)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const reports = crews.map((crew) => {
    const outcomes = Array.from({ length: Number(values.seeds) }, (_, i) =>
      simulateJob(jobOf(i + 1), crewOf(CREWS[crew], i + 1)),
    );
    const report = reportOf(outcomes);
    print(crew, report);
    return { crew, ...report };
  });
  if (values.json) process.stdout.write(`${JSON.stringify(reports)}\n`);
  const target = reports.find(({ crew }) => crew === 'target');
  const missed = target && (target.spamPaid.mean > TARGETS.spamPaid || target.goodPaid.mean < TARGETS.goodPaid) ? 1 : 0;
  return missed;
}

process.exitCode = main();
