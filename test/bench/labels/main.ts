import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { METHODS } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import type { Method } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import { threadsOf } from '../../../api/src/modules/labeling/consensus/threads.ts';
import { figuresOf, jsonOf, measure } from './measure.ts';
import { DEFAULT_SETS, PARTS, SETS } from './protocol.ts';
import type { Part } from './protocol.ts';
import { exitCodeOf, readReasons, rowsOf, tableOf } from './report.ts';
import { TARGETS } from './targets.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

const USAGE = `bench labels [--json] [--sets DIR] [--method ${METHODS.join('|')}] [--parts ${PARTS.join(',')}|none] [--repeats N]
--sets, else TRUTH_SETS, else ${DEFAULT_SETS}: a folder with <set>/answers.csv and <set>/truth.csv
--parts: what is measured besides accuracy, all of it when not given; --repeats: orders and seeds instead of the protocol's
`;

export interface Request {
  readonly json: boolean;
  readonly folder: string;
  readonly method: Method;
  readonly parts: readonly Part[];
  readonly repeats: number | undefined;
}

/**
 * Prints what it measures as it goes, then a row for every target; the last line is the JSON when `--json` is given.
 * Returns 1 when a floor is missed without a reason in misses.json.
 */
export async function run(args: readonly string[]): Promise<number> {
  const request = requestOf(args);
  if (typeof request === 'string') {
    process.stderr.write(`${request}\n${USAGE}`);
    return 2;
  }
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const skip = (why: string) => {
    say(`SKIPPED: ${why}; name the folder of the label sets by --sets DIR or TRUTH_SETS`);
    if (request.json) say(JSON.stringify({ skipped: why }));
    return 0;
  };
  if (!existsSync(request.folder)) return skip(`no label sets at ${request.folder}`);
  const sets = SETS.filter((set) => existsSync(join(request.folder, set, 'truth.csv')));
  for (const set of SETS) if (!sets.includes(set)) say(`SKIPPED: set ${set} is not in ${request.folder}`);
  if (sets.length === 0) return skip(`no known set in ${request.folder}`);
  const threads = threadsOf(new URL('./measure.thread.ts', import.meta.url), availableParallelism());
  try {
    const measured = await measure({ ...request, sets, threads, say });
    const rows = rowsOf(TARGETS, figuresOf(measured), readReasons());
    for (const line of tableOf(rows)) say(line);
    if (request.json) say(JSON.stringify(jsonOf(request.method, measured), rounded));
    return exitCodeOf(rows);
  } finally {
    await threads.destroy();
  }
}

const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 10_000) / 10_000 : value;

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
    const parts = wanted ? PARTS.filter((part) => wanted.includes(part)) : PARTS;
    const repeats = values.repeats === undefined ? undefined : Number(values.repeats);
    if (repeats !== undefined && !(Number.isInteger(repeats) && repeats > 0)) return 'bench: --repeats is a count';
    const typedIn = process.env.INIT_CWD ?? process.cwd();
    const folder = values.sets ? resolve(typedIn, values.sets) : resolve(ROOT, process.env.TRUTH_SETS ?? DEFAULT_SETS);
    return { json: values.json ?? false, folder, method, parts, repeats };
  } catch (error) {
    return `bench: ${(error as Error).message}`;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await run(process.argv.slice(2));
}
