import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT, run, seconds } from './process.mjs';

const at = (...parts) => join(ROOT, ...parts);

/** Every file below the given paths, sorted; paths that do not exist are left out. */
function filesOf(paths) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) return void found.push(path);
    for (const name of readdirSync(path)) if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
  };
  paths.forEach(visit);
  return found.sort();
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of filesOf(paths))
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Compiled beside the old output and put in its place when it is whole, so that a failed build breaks nothing that runs. */
async function buildApi() {
  const next = at('api/dist-next');
  rmSync(next, { recursive: true, force: true });
  const result = await run('tsc', ['-p', 'api/tsconfig.build.json', '--outDir', next]);
  if (result.code === 0) {
    for (const file of filesOf([at('api/src')]).filter((name) => name.endsWith('.graphql'))) {
      const target = join(next, relative(at('api/src'), file));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(file, target);
    }
    rmSync(at('api/dist'), { recursive: true, force: true });
    renameSync(next, at('api/dist'));
  }
  rmSync(next, { recursive: true, force: true });
  return result;
}

const PARTS = [
  {
    name: 'api',
    output: at('api/dist'),
    entry: at('api/src/main.ts'),
    inputs: [
      at('api/src'),
      at('api/tsconfig.json'),
      at('api/tsconfig.build.json'),
      at('infra/config/tsconfig.base.json'),
    ],
    build: buildApi,
  },
  {
    name: 'labeling-ui',
    output: at('labeling-ui/dist'),
    entry: at('labeling-ui/index.html'),
    inputs: [
      ...['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) => at('labeling-ui', name)),
      ...['mobile-sdk/src', 'contracts/protocol/src', 'contracts/abi'].map((name) => at(name)),
    ],
    build: () => run('vite', ['build', '--logLevel', 'warn'], { cwd: at('labeling-ui') }),
  },
];

/**
 * Builds each part whose sources differ from what its output was built from.
 * @param {{ log?: (line: string) => void, only?: string[] }} [options]
 */
export async function buildStale({ log = () => {}, only } = {}) {
  for (const part of PARTS) {
    if (!existsSync(part.entry) || (only && !only.includes(part.name))) continue;
    const stamp = join(part.output, '.stamp');
    const wanted = hashOf(part.inputs);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    const since = Date.now();
    const { code, output } = await part.build();
    if (code !== 0) throw new Error(`building ${part.name} failed (exit code ${code})\n${output}`);
    writeFileSync(stamp, wanted);
    log(`built ${part.name} (${seconds(since)})`);
  }
}
