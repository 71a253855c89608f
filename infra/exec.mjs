import { run as runProgram } from './process.mjs';

/** Runs any program under the pinned Node: `node infra/bootstrap.mjs exec npm run size -w mobile-sdk`. */
export async function run([command, ...args]) {
  if (!command) {
    process.stderr.write('exec what?\n');
    return 2;
  }
  return (await runProgram(command, args, { echo: true })).code;
}
