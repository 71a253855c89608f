import type { Method } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import type { Piscina } from 'piscina';
import type { Saving } from './adaptive.ts';
import type { Sure } from './calibration.ts';
import type { SetAccuracy } from './measure.thread.ts';
import { ADAPTIVE, CALIBRATION, PAY, SCENARIO_NAMES, SPAM } from './protocol.ts';
import type { Part, Scenario } from './protocol.ts';
import type { Figure } from './report.ts';
import { errorOf, meanOf } from './sets.ts';
import type { Paid, Spam } from './spam.ts';
import type { Baseline, Speed } from './speed.ts';
import { emSpeed, incrementalSpeed, speedAndBaseline } from './speed.ts';

const MILLION = 1_000_000;
/** The pay rule without a quiz is told for comparison only. */
const SEEDS_WITHOUT_QUIZ = 2;

type BySet<Value> = Readonly<Record<string, Value>>;

/** Raw figures; a part that was not asked for is null. */
export interface Measured {
  readonly accuracy: BySet<SetAccuracy>;
  readonly adaptive: BySet<Saving[]> | null;
  readonly spam: Record<Scenario, BySet<number[]>> | null;
  readonly pay: { readonly quiz: Record<Spam, BySet<Paid[]>>; readonly noQuiz: Record<Spam, BySet<Paid[]>> } | null;
  readonly calibration: BySet<Sure> | null;
  readonly speed1M: { readonly k2: Speed; readonly k4: Speed; readonly baseline: Baseline } | null;
  /** Labels per second, K = 4. */
  readonly incremental: number | null;
  readonly speed10M: { readonly k2: Speed; readonly k4: Speed } | null;
}

export interface Work {
  readonly folder: string;
  readonly sets: readonly string[];
  readonly method: Method;
  readonly parts: readonly Part[];
  readonly repeats: number | undefined;
  readonly threads: Piscina;
  readonly say: (text: string) => void;
}

/** Speed first, while nothing else runs; then every part over all sets at once, on all threads. */
export async function measure(work: Work): Promise<Measured> {
  const { threads, folder, repeats, say } = work;
  const wants = (part: Part) => work.parts.includes(part);
  const started = performance.now();
  const done = (name: string) => say(`${name}: done at ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const speed1M = wants('speed') ? speedAndBaseline(MILLION) : null;
  const incremental = wants('speed') ? incrementalSpeed(MILLION, 4) : null;
  if (speed1M) done('speed');
  const speed10M = wants('speed10M') ? { k2: emSpeed(10 * MILLION, 2), k4: emSpeed(10 * MILLION, 4) } : null;
  if (speed10M) done('speed10M');
  /** One call per set, of `sets` or all. */
  const bySet = async <Value>(name: string, input: object, sets = work.sets): Promise<BySet<Value>> => {
    const asked = (set: string) => threads.run({ folder, set, ...input }, { name }) as Promise<Value>;
    const figures = sets.map(async (set) => [set, await asked(set)] as const);
    const result = Object.fromEntries(await Promise.all(figures));
    done(`${name} ${Object.values(input).join(' ')}`.trim());
    return result;
  };
  const byKey = async <Key extends string, Value>(keys: readonly Key[], of: (key: Key) => Promise<Value>) =>
    Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await of(key)] as const))) as Record<Key, Value>;
  const payOf = (seeds: number, quiz: boolean) =>
    byKey(PAY.kinds, (kind) => bySet<Paid[]>('pay', { kind, seeds, quiz }));
  const [accuracy, adaptive, spam, quizPay, noQuizPay, calibration] = await Promise.all([
    bySet<SetAccuracy>('accuracy', { method: work.method }),
    wants('adaptive')
      ? bySet<Saving[]>(
          'adaptive',
          { orders: repeats ?? ADAPTIVE.orders },
          ADAPTIVE.sets.filter((set) => work.sets.includes(set)),
        )
      : null,
    wants('spam')
      ? byKey(SCENARIO_NAMES, (scenario) => bySet<number[]>('spam', { scenario, seeds: repeats ?? SPAM.seeds }))
      : null,
    wants('pay') ? payOf(repeats ?? SPAM.seeds, true) : null,
    wants('pay') ? payOf(Math.min(repeats ?? SPAM.seeds, SEEDS_WITHOUT_QUIZ), false) : null,
    wants('calibration') ? bySet<Sure>('calibration', { splits: repeats ?? CALIBRATION.splits }) : null,
  ]);
  const pay = quizPay && noQuizPay ? { quiz: quizPay, noQuiz: noQuizPay } : null;
  return { accuracy, adaptive, spam, pay, calibration, speed1M, incremental, speed10M };
}

/** Mean, standard error and worst of figures where more is worse. */
const spread = (values: readonly number[]): Figure => ({
  value: meanOf(values),
  standardError: errorOf(values),
  worst: Math.max(...values),
});

const percent = (value: number, standardError?: number): Figure => ({
  value: 100 * value,
  ...(standardError === undefined ? {} : { standardError: 100 * standardError }),
});

const flat = <Value>(bySet: BySet<readonly Value[]>): Value[] => Object.values(bySet).flat();

const paidFlat = (kinds: Record<Spam, BySet<Paid[]>>): Paid[] => Object.values(kinds).flatMap((bySet) => flat(bySet));

function pooled(calibration: BySet<Sure>): { right: number; stated: number; tasks: number } {
  const all = Object.values(calibration);
  const tasks = all.reduce((sum, one) => sum + one.tasks, 0);
  const of = (what: 'right' | 'stated') => all.reduce((sum, one) => sum + one[what], 0) / tasks;
  return { right: of('right'), stated: of('stated'), tasks };
}

const worstRight = (calibration: BySet<Sure>): number =>
  Math.min(...Object.values(calibration).flatMap(({ tasks, right }) => (tasks > 0 ? [right / tasks] : [])));

/** The figure of each row of the target table. */
export function figuresOf(measured: Measured): Record<string, Figure | undefined> {
  const { accuracy, adaptive, spam, pay, calibration, speed1M, speed10M } = measured;
  const sets = Object.values(accuracy);
  const gaps = sets.map((one) => 100 * (one.mv - one.accuracy));
  const figures: Record<string, Figure | undefined> = {
    'mean accuracy': {
      ...percent(
        meanOf(sets.map((one) => one.accuracy)),
        Math.sqrt(sets.reduce((sum, one) => sum + one.standardError ** 2, 0)) / sets.length,
      ),
      worst: 100 * Math.min(...sets.map((one) => one.accuracy)),
    },
    'worst gap to majority': { value: Math.max(0, ...gaps) },
  };
  for (const [set, one] of Object.entries(accuracy)) {
    figures[set] = percent(one.accuracy, one.standardError);
    if (one.positiveF1 !== null) figures[`${set} F1`] = percent(one.positiveF1);
  }
  if (adaptive) {
    const saved = spread(flat(adaptive).map((one) => -one.saved));
    // The mean over sets is what the target names; every set has the same number of orders.
    figures['adaptive saved'] = { ...saved, value: -saved.value, worst: -saved.worst! };
    figures['adaptive loss'] = spread(flat(adaptive).map((one) => one.loss));
  }
  if (spam) for (const scenario of SCENARIO_NAMES) figures[`spam ${scenario}`] = spread(flat(spam[scenario]));
  if (pay) {
    figures['spam paid'] = spread(paidFlat(pay.quiz).map((one) => 100 * one.spamPaid));
    figures['honest unpaid'] = spread(paidFlat(pay.quiz).map((one) => 100 * one.honestUnpaid));
  }
  if (calibration) {
    const { right, stated, tasks } = pooled(calibration);
    figures['calibration right'] = {
      value: right,
      standardError: Math.sqrt((right * (1 - right)) / tasks),
      worst: worstRight(calibration),
    };
    figures['calibration gap'] = { value: Math.abs(right - stated) };
  }
  if (speed1M) {
    figures.labels1M_k2_s = { value: speed1M.k2.seconds };
    figures.labels1M_k4_s = { value: speed1M.k4.seconds };
  }
  if (speed10M) {
    figures.labels10M_k2_s = { value: speed10M.k2.seconds };
    figures.labels10M_k4_s = { value: speed10M.k4.seconds };
  }
  if (measured.incremental !== null) figures.incremental_per_s = { value: measured.incremental };
  const rss = memoryOf(measured);
  if (rss !== null) figures.rss_mb = { value: rss };
  return figures;
}

function memoryOf({ speed1M, speed10M }: Measured): number | null {
  const runs = [speed1M?.k2, speed1M?.k4, speed10M?.k2, speed10M?.k4].flatMap((run) => run ?? []);
  return runs.length === 0 ? null : Math.max(...runs.map((run) => run.rssMb));
}

const mapped = <Value, Result>(bySet: BySet<Value>, of: (value: Value) => Result): BySet<Result> =>
  Object.fromEntries(Object.entries(bySet).map(([set, value]) => [set, of(value)]));

/** The report of one run, for programs. */
export function jsonOf(method: Method, measured: Measured): object {
  const { accuracy, adaptive, spam, pay, calibration, speed1M, speed10M } = measured;
  const sets = Object.values(accuracy);
  const savingOf = (runs: readonly Saving[]) => ({
    saved: meanOf(runs.map((one) => one.saved)),
    loss: meanOf(runs.map((one) => one.loss)),
  });
  const paidOf = (runs: readonly Paid[]) => ({
    spamPaid: meanOf(runs.map((one) => one.spamPaid)),
    spamPaidError: errorOf(runs.map((one) => one.spamPaid)),
    honestUnpaid: meanOf(runs.map((one) => one.honestUnpaid)),
    honestUnpaidError: errorOf(runs.map((one) => one.honestUnpaid)),
  });
  const kindsOf = (kinds: Record<Spam, BySet<Paid[]>>) => ({
    ...paidOf(paidFlat(kinds)),
    byKind: Object.fromEntries(
      PAY.kinds.map((kind) => [kind, { ...paidOf(flat(kinds[kind])), perSet: mapped(kinds[kind], paidOf) }]),
    ),
  });
  return {
    method,
    sets: accuracy,
    mean: meanOf(sets.map((one) => one.accuracy)),
    worstGapToMv: Math.max(...sets.map((one) => one.mv - one.accuracy)),
    adaptive: adaptive && { ...savingOf(flat(adaptive)), perSet: mapped(adaptive, savingOf) },
    spam:
      spam &&
      Object.fromEntries(
        SCENARIO_NAMES.map((scenario) => {
          const { value, standardError, worst } = spread(flat(spam[scenario]));
          return [scenario, { lost: value, standardError, worst, perSet: mapped(spam[scenario], meanOf) }];
        }),
      ),
    pay: pay && { ...kindsOf(pay.quiz), withoutQuiz: kindsOf(pay.noQuiz) },
    calibration: calibration && {
      threshold: CALIBRATION.stated,
      ...pooled(calibration),
      perSet: mapped(calibration, ({ tasks, right, stated }) => ({
        right: tasks > 0 ? right / tasks : null,
        stated: tasks > 0 ? stated / tasks : null,
        tasks,
      })),
    },
    speed: {
      labels1M_k2_s: speed1M?.k2.seconds ?? null,
      labels1M_k4_s: speed1M?.k4.seconds ?? null,
      labels10M_k2_s: speed10M?.k2.seconds ?? null,
      labels10M_k4_s: speed10M?.k4.seconds ?? null,
      incremental_per_s: measured.incremental,
      rss_mb: memoryOf(measured),
    },
    baseline: speed1M?.baseline ?? null,
  };
}
