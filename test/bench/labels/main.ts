import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { aggregate, METHODS } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import type { Method } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import { adaptiveSaving } from './adaptive.ts';
import { calibrationOf } from './calibration.ts';
import { ADAPTIVE, DEFAULT_SETS, SETS, SPAM } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { accuracyOf, macroF1Of, meanOf, readSet } from './sets.ts';
import { payOf, spamLoss } from './spam.ts';
import { baseline, emSeconds } from './speed.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const MILLION = 1_000_000;
const PARTS = ['adaptive', 'spam', 'pay', 'calibration', 'speed', 'speed10M'] as const;
type Part = (typeof PARTS)[number];
/** Without `--parts`; the ten-million runs take minutes and a gigabyte. */
const USUAL: readonly Part[] = PARTS.filter((part) => part !== 'speed10M');

const USAGE = `bench labels [--json] [--sets DIR] [--method ${METHODS.join('|')}] [--parts ${PARTS.join(',')}|none] [--repeats N]
--sets, else TRUTH_SETS, else ${DEFAULT_SETS}: a folder with <set>/answers.csv and <set>/truth.csv
--parts: what is measured besides accuracy; --repeats: orders and seeds instead of those of the protocol
`;

interface Request {
  readonly json: boolean;
  readonly folder: string;
  readonly method: Method;
  readonly parts: readonly Part[];
  readonly repeats: number | undefined;
}

/** Prints what it measures as it goes; the last line is the JSON when `--json` is given. */
export async function run(args: readonly string[]): Promise<number> {
  const request = requestOf(args);
  if (typeof request === 'string') {
    process.stderr.write(`${request}\n${USAGE}`);
    return 2;
  }
  const say = (text: string) => process.stdout.write(`${text}\n`);
  if (!existsSync(request.folder)) {
    say(`SKIPPED: no label sets at ${request.folder}; name them by --sets DIR or TRUTH_SETS`);
    if (request.json) say(JSON.stringify({ skipped: `no label sets at ${request.folder}` }));
    return 0;
  }
  const sets = SETS.flatMap((name) => readSet(request.folder, name) ?? []);
  const missing = SETS.filter((name) => !sets.some((set) => set.name === name));
  for (const name of missing) say(`SKIPPED: set ${name} is not in ${request.folder}`);
  if (sets.length === 0) {
    if (request.json) say(JSON.stringify({ skipped: `no known set in ${request.folder}` }));
    return 0;
  }
  const report = measure(sets, request, say);
  if (request.json)
    say(JSON.stringify(report, (_, value: unknown) => (typeof value === 'number' ? short(value) : value)));
  return 0;
}

function requestOf(args: readonly string[]): Request | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        sets: { type: 'string' },
        method: { type: 'string' },
        parts: { type: 'string' },
        repeats: { type: 'string' },
      },
    });
    const method = METHODS.find((name) => name === (values.method ?? 'auto'));
    if (!method) return `bench: unknown method ${values.method}`;
    const wanted = values.parts === 'none' ? [] : values.parts?.split(',');
    const unknown = wanted?.find((name) => !PARTS.some((part) => part === name));
    if (unknown !== undefined) return `bench: unknown part ${unknown}`;
    const parts = wanted ? PARTS.filter((part) => wanted.includes(part)) : USUAL;
    const repeats = values.repeats === undefined ? undefined : Number(values.repeats);
    if (repeats !== undefined && !(Number.isInteger(repeats) && repeats > 0)) return 'bench: --repeats is a count';
    const typedIn = process.env.INIT_CWD ?? process.cwd();
    const folder = values.sets ? resolve(typedIn, values.sets) : resolve(ROOT, process.env.TRUTH_SETS ?? DEFAULT_SETS);
    return { json: values.json ?? false, folder, method, parts, repeats };
  } catch (error) {
    return `bench: ${(error as Error).message}`;
  }
}

const short = (value: number): number => Math.round(value * 10_000) / 10_000;
const percent = (value: number): string => (100 * value).toFixed(2);

function measure(sets: readonly LabelSet[], request: Request, say: (text: string) => void) {
  const wants = (part: Part) => request.parts.includes(part);
  const named = (names: readonly string[]) => sets.filter((set) => names.includes(set.name));
  /** A part that is not measured is null in the report and named here. */
  const part = <Figures>(name: Part, work: () => Figures): Figures | null => {
    if (!wants(name)) {
      say(`not measured: ${name}`);
      return null;
    }
    const since = performance.now();
    const figures = work();
    say(`${name} (${((performance.now() - since) / 1000).toFixed(1)} s) ${JSON.stringify(figures)}`);
    return figures;
  };
  const accuracy = accuracies(sets, request.method, say);
  const adaptive = part('adaptive', () => adaptiveSaving(named(ADAPTIVE.sets), request.repeats ?? ADAPTIVE.orders));
  const seeds = request.repeats ?? SPAM.seeds;
  const spam = part('spam', () => {
    const on = named(SPAM.sets);
    return {
      random40: spamLoss(on, 'random', 0.4, { quiz: false, seeds }),
      constant40: spamLoss(on, 'constant', 0.4, { quiz: false, seeds }),
      ring20: spamLoss(on, 'ring', 0.2, { quiz: false, seeds }),
      ring40quiz: spamLoss(on, 'ring', 0.4, { quiz: true, seeds }),
    };
  });
  const pay = part('pay', () => payOf(named(SPAM.sets), seeds));
  const calibration = part('calibration', () => calibrationOf(sets));
  const speed1M = part('speed', () => ({
    labels1M_k2_s: emSeconds(MILLION, 2),
    labels1M_k4_s: emSeconds(MILLION, 4),
  }));
  const speed10M = part('speed10M', () => ({
    labels10M_k2_s: emSeconds(10 * MILLION, 2),
    labels10M_k4_s: emSeconds(10 * MILLION, 4),
  }));
  say('not measured: incremental_per_s');
  const rss_mb = process.resourceUsage().maxRSS / 1024;
  return {
    method: request.method,
    ...accuracy,
    adaptive,
    spam,
    pay,
    calibration,
    speed: {
      labels1M_k2_s: speed1M?.labels1M_k2_s ?? null,
      labels1M_k4_s: speed1M?.labels1M_k4_s ?? null,
      labels10M_k2_s: speed10M?.labels10M_k2_s ?? null,
      labels10M_k4_s: speed10M?.labels10M_k4_s ?? null,
      incremental_per_s: null,
      rss_mb: speed1M || speed10M ? rss_mb : null,
    },
    baseline: wants('speed') ? baseline(MILLION) : null,
  };
}

function accuracies(sets: readonly LabelSet[], method: Method, say: (text: string) => void) {
  say(`${'set'.padEnd(10)} accuracy macroF1      mv  (${method}, %)`);
  const figures = Object.fromEntries(
    sets.map((set) => {
      const { posterior, chosen } = aggregate(set.table, { method });
      const mv = aggregate(set.table, { method: 'mv' }).posterior;
      const one = {
        accuracy: accuracyOf(set.table, posterior, set.truth),
        macroF1: macroF1Of(set.table, chosen, set.truth),
        mv: accuracyOf(set.table, mv, set.truth),
      };
      say(
        `${set.name.padEnd(10)} ${[one.accuracy, one.macroF1, one.mv].map((value) => percent(value).padStart(7)).join(' ')}`,
      );
      return [set.name, one];
    }),
  );
  const all = Object.values(figures);
  const mean = meanOf(all.map((one) => one.accuracy));
  const worstGapToMv = Math.max(...all.map((one) => one.mv - one.accuracy));
  say(`mean of ${all.length}: ${percent(mean)}; never below MV by more than ${percent(Math.max(0, worstGapToMv))}`);
  return { sets: figures, mean, worstGapToMv };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await run(process.argv.slice(2));
}
