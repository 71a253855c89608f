import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATORS, run as generate } from './generate.mjs';
import { ROOT, run as runProgram, seconds } from './process.mjs';

const WORKSPACES = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).workspaces;

/** Content of every file below `path`, keyed by path. */
function snapshot(path, into = new Map()) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return into;
  if (!statSync(full).isDirectory()) return into.set(path, readFileSync(full));
  for (const name of readdirSync(full))
    if (name !== 'node_modules' && name !== 'dist') snapshot(join(path, name), into);
  return into;
}

const digest = (bytes) => (bytes ? createHash('sha256').update(bytes).digest('hex') : 'absent');

/** Generates again and compares: what is committed must be what the sources give. The working tree is left as it was. */
async function generatedIsFresh() {
  const before = new Map();
  for (const { outputs } of GENERATORS) for (const path of outputs) snapshot(path, before);
  const code = await generate();
  if (code !== 0) return { code, output: 'generate failed' };
  const after = new Map();
  for (const { outputs } of GENERATORS) for (const path of outputs) snapshot(path, after);
  const stale = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => digest(before.get(path)) !== digest(after.get(path)),
  );
  for (const path of stale) if (before.has(path)) writeFileSync(join(ROOT, path), before.get(path));
  const output = stale.map((path) => `stale: ${path} (run npm run generate)`).join('\n');
  return { code: stale.length === 0 ? 0 : 1, output };
}

const sources = ['contracts', 'api', 'mobile-sdk', 'labeling-ui', 'infra', 'test'];

const STEPS = [
  ...WORKSPACES.map((workspace) => ({
    name: `types ${workspace}`,
    run: () => runProgram('tsc', ['-p', join(workspace, 'tsconfig.json'), '--noEmit', '--pretty', 'false']),
  })),
  { name: 'lint', run: () => runProgram('eslint', ['-c', 'infra/config/eslint.config.mjs', '.']) },
  { name: 'format', run: () => runProgram('prettier', ['--check', '--log-level', 'warn', '.']) },
  {
    name: 'arrows',
    run: () =>
      runProgram('depcruise', ['--config', 'infra/config/dependency-cruiser.cjs', '--output-type', 'err', ...sources]),
  },
  { name: 'generated', run: generatedIsFresh },
];

/** Types, lint, format, import arrows and generated files; `check -- types lint` runs the named ones only. */
export async function run(args) {
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const failed = [];
  for (const step of STEPS) {
    if (wanted.length > 0 && !wanted.some((name) => step.name.includes(name))) continue;
    const since = Date.now();
    const { code, output } = await step.run();
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds(since)})\n`);
    if (code === 0) continue;
    failed.push(step.name);
    process.stdout.write(`${output.trimEnd()}\n`);
  }
  process.stdout.write(failed.length === 0 ? 'check is clean\n' : `check failed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}
