import { isAbsolute, resolve } from 'node:path';
import { run as labels } from '../api/src/cli/labels.ts';

/** Paths are read from the folder in which the command was typed, not from the root of the repository. */
const typedIn = process.env.INIT_CWD;
const OPTIONS_WITH_VALUE = ['--method', '--seed'];

function absolute(arg, previous) {
  if (typedIn === undefined || OPTIONS_WITH_VALUE.includes(previous)) return arg;
  if (arg.startsWith('--gold=')) return `--gold=${resolve(typedIn, arg.slice(7))}`;
  return arg.startsWith('-') || isAbsolute(arg) ? arg : resolve(typedIn, arg);
}

/** `npm run -s labels -- aggregate answers.csv`: see api/src/cli/labels.ts. */
export async function run([command, ...args]) {
  return labels([...(command === undefined ? [] : [command]), ...args.map((arg, i) => absolute(arg, args[i - 1]))]);
}
