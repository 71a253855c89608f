import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { run as labels } from '../api/src/cli/labels.ts';
import { runRecompute } from '../api/src/cli/recompute.ts';

/** Paths are read from the folder in which the command was typed, not from the root of the repository. */
const typedIn = process.env.INIT_CWD;
const OPTIONS_WITH_VALUE = ['--method', '--seed', '--api', '--rpc'];
const terminal = {
  read: (path) => readFileSync(path),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};
const JOB_ID = /^0x[0-9a-f]{64}$/i;

function absolute(arg, previous) {
  if (typedIn === undefined || OPTIONS_WITH_VALUE.includes(previous)) return arg;
  if (arg.startsWith('--gold=')) return `--gold=${resolve(typedIn, arg.slice(7))}`;
  return arg.startsWith('-') || JOB_ID.test(arg) || isAbsolute(arg) ? arg : resolve(typedIn, arg);
}

/** `npm run -s labels -- aggregate answers.csv` or `recompute votes.json`: see api/src/cli. */
export async function run([command, ...args]) {
  const paths = args.map((arg, i) => absolute(arg, args[i - 1]));
  if (command === 'recompute') return runRecompute(paths, terminal);
  return labels([...(command === undefined ? [] : [command]), ...paths]);
}
