import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Method } from '../modules/labeling/consensus/aggregate.ts';
import { aggregate, METHODS } from '../modules/labeling/consensus/aggregate.ts';
import { calibrationOf, statedPosterior } from '../modules/labeling/consensus/stated.ts';
import type { Vote } from '../modules/labeling/consensus/vote-table.ts';
import { buildVoteTable } from '../modules/labeling/consensus/vote-table.ts';
import { CsvError, formatRow, readColumns } from './csv.ts';

const USAGE = `labels aggregate <answers.csv> [--gold gold.csv] [--method ${METHODS.join('|')}] [--seed N] > predictions.csv
answers.csv has the columns task,worker,label and gold.csv task,label; the result has task,label,posterior,
calibrated by the gold or, where there is little, as is usual.
`;

/** What can be exchanged in a test: where files come from and where text goes. */
export interface Terminal {
  readonly read: (path: string) => Uint8Array;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const processTerminal: Terminal = {
  read: (path) => readFileSync(path),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

interface Request {
  readonly answers: string;
  readonly gold: string | undefined;
  readonly method: Method;
  readonly seed: number;
}

/** Labels by redundant answers, offline. Returns the exit code: 0, or 2 when the arguments or the files are wrong. */
export function run(args: readonly string[], terminal: Terminal = processTerminal): number {
  const request = requestOf(args);
  if (typeof request === 'string') {
    terminal.err(`${request}\n${USAGE}`);
    return 2;
  }
  const votes = readFile(terminal, request.answers, (bytes) => votesOf(bytes, request.answers, terminal));
  const gold = request.gold === undefined ? new Map<string, string>() : readFile(terminal, request.gold, goldOf);
  if (!votes || !gold) return 2;
  terminal.out(predictions(votes, gold, request));
  return 0;
}

function requestOf(args: readonly string[]): Request | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { gold: { type: 'string' }, method: { type: 'string' }, seed: { type: 'string' } },
    });
    const [command, answers, ...rest] = positionals;
    if (command !== 'aggregate') return `labels: unknown command ${command ?? '(none)'}`;
    if (answers === undefined || rest.length > 0) return 'labels: aggregate needs one file of answers';
    const method = METHODS.find((name) => name === (values.method ?? 'auto'));
    if (!method) return `labels: unknown method ${values.method}`;
    const seed = Number(values.seed ?? 0);
    if (!Number.isSafeInteger(seed) || values.seed === '') return 'labels: the seed must be an integer';
    return { answers, gold: values.gold, method, seed };
  } catch (error) {
    return `labels: ${(error as Error).message}`;
  }
}

function readFile<Content>(terminal: Terminal, path: string, read: (bytes: Uint8Array) => Content): Content | null {
  try {
    return read(terminal.read(path));
  } catch (error) {
    if (error instanceof CsvError) terminal.err(`${path}: line ${error.line}: ${error.message}\n`);
    else terminal.err(`${path}: ${(error as Error).message}\n`);
    return null;
  }
}

/** The last answer of a worker to a task counts; earlier ones are named on stderr. */
function votesOf(bytes: Uint8Array, path: string, terminal: Terminal): Vote[] {
  const byTask = new Map<string, Map<string, Vote>>();
  for (const { line, fields } of readColumns(bytes, ['task', 'worker', 'label'])) {
    const [task, worker, label] = fields as [string, string, string];
    const answers = byTask.get(task) ?? new Map<string, Vote>();
    byTask.set(task, answers);
    if (answers.has(worker)) terminal.err(`${path}: line ${line}: ${worker} answers ${task} again; the last counts\n`);
    answers.set(worker, { task, worker, label });
  }
  return [...byTask.values()].flatMap((answers) => [...answers.values()]);
}

function goldOf(bytes: Uint8Array): Map<string, string> {
  const gold = new Map<string, string>();
  for (const { line, fields } of readColumns(bytes, ['task', 'label'])) {
    const [task, label] = fields as [string, string];
    const known = gold.get(task);
    if (known !== undefined && known !== label) throw new CsvError(line, `task ${task} has two different answers`);
    gold.set(task, label);
  }
  return gold;
}

function predictions(votes: readonly Vote[], gold: ReadonlyMap<string, string>, request: Request): string {
  const header = formatRow(['task', 'label', 'posterior']);
  if (votes.length === 0) return header;
  const answered = new Set(votes.map((vote) => vote.task));
  const known = new Map([...gold].filter(([task]) => answered.has(task)));
  const labels = [...new Set([...votes.map((vote) => vote.label), ...known.values()])].sort();
  const table = buildVoteTable(votes, labels);
  const options = { method: request.method, gold: known, seed: request.seed };
  const { posterior, chosen } = aggregate(table, options);
  const stated = statedPosterior(table, posterior, calibrationOf(table, options), known);
  const rows = table.tasks.map((task, t) => {
    const k = chosen[t]!;
    return formatRow([task, labels[k]!, stated[t * labels.length + k]!.toFixed(6)]);
  });
  return header + rows.join('');
}
