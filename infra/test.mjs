import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStale } from './build.mjs';
import { ROOT, run as runProgram, seconds } from './process.mjs';

const UNIT_PROJECTS = ['protocol', 'sdk', 'api', 'keepers', 'dev', 'test'];
const JEST = join(ROOT, 'node_modules/jest/bin/jest.js');

const none = () => ({ passed: 0, failed: 0, skipped: 0 });

/** Reads the report that Jest and Vitest both write; a run that leaves none, or that breaks outside a test, counts as failed. */
function readReport(file, code) {
  if (!existsSync(file)) return { ...none(), failed: code === 0 ? 0 : 1 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const broken = report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0);
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function jest(projects, scratch, args) {
  const outputFile = join(scratch, `jest-${projects[0]}.json`);
  const { code } = await runProgram(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      JEST,
      '--config',
      join(ROOT, 'infra/config/jest.config.mjs'),
      '--selectProjects',
      ...projects,
      '--passWithNoTests',
      '--json',
      `--outputFile=${outputFile}`,
      ...args,
    ],
    { echo: true, env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' } },
  );
  return readReport(outputFile, code);
}

async function vitest(scratch) {
  const outputFile = join(scratch, 'vitest.json');
  const { code } = await runProgram(
    'vitest',
    ['run', '--passWithNoTests', '--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`],
    { cwd: join(ROOT, 'labeling-ui'), echo: true },
  );
  return readReport(outputFile, code);
}

/** Hardhat runs Solidity and TypeScript tests and prints a count for each; the counts are read from what it prints. */
async function hardhat() {
  const { code, output } = await runProgram('hardhat', ['test'], { cwd: join(ROOT, 'contracts'), echo: true });
  // eslint-disable-next-line no-control-regex
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const numbers = (pattern) => (plain.match(pattern) ?? []).map((line) => Number(line.match(/\d+/)[0]));
  // Where several runners ran, a last line has their total: "178 passing (160 solidity, 18 mocha)".
  const sum = (word) => {
    const totals = numbers(new RegExp(`^\\s*\\d+ ${word} \\(\\d+ (solidity|mocha|nodejs).*$`, 'gm'));
    if (totals.length > 0) return totals.at(-1);
    return numbers(new RegExp(`^\\s*\\d+ ${word}\\b.*$`, 'gm')).reduce((total, count) => total + count, 0);
  };
  const counts = { passed: sum('passing'), failed: sum('failing'), skipped: sum('pending') + sum('skipped') };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** What the journeys run against; a build that fails is one failed test, and the other rings still run. */
async function build() {
  try {
    await buildStale({ log: (line) => process.stdout.write(`${line}\n`) });
    return { ...none(), passed: 1 };
  } catch (error) {
    process.stdout.write(`${error.message}\n`);
    return { ...none(), failed: 1 };
  }
}

const RINGS = [
  { name: 'build', run: build },
  { name: 'unit', run: (scratch) => jest(UNIT_PROJECTS, scratch, []) },
  { name: 'contracts', when: () => existsSync(join(ROOT, 'contracts/hardhat.config.ts')), run: hardhat },
  { name: 'ui', when: () => existsSync(join(ROOT, 'labeling-ui/vite.config.ts')), run: vitest },
  { name: 'journeys', run: (scratch) => jest(['journeys'], scratch, ['--runInBand']) },
];

/** `npm test` runs every ring; `npm test -- ui contracts` the named rings; `npm test -- sdk keepers` single Jest projects. */
export async function run(args) {
  const unknown = args.filter((arg) => ![...RINGS.map((ring) => ring.name), ...UNIT_PROJECTS].includes(arg));
  if (unknown.length > 0) {
    process.stderr.write(
      `unknown ring ${unknown.join(', ')}; known: ${[...RINGS.map((r) => r.name), ...UNIT_PROJECTS].join(', ')}\n`,
    );
    return 1;
  }
  const projects = args.filter((arg) => UNIT_PROJECTS.includes(arg));
  const rings = RINGS.filter((ring) => args.length === 0 || args.includes(ring.name));
  if (args.includes('journeys') && !args.includes('build')) rings.unshift(RINGS[0]);
  if (projects.length > 0) rings.unshift({ name: projects.join(' '), run: (scratch) => jest(projects, scratch, []) });

  const scratch = mkdtempSync(join(tmpdir(), 'allod-test-'));
  const started = Date.now();
  const rows = [];
  try {
    for (const ring of rings) {
      if (ring.when && !ring.when()) {
        process.stdout.write(`SKIPPED ${ring.name}: nothing there to run\n`);
        continue;
      }
      const since = Date.now();
      process.stdout.write(`\n── ${ring.name} ──\n`);
      rows.push({ name: ring.name, ...(await ring.run(scratch)), time: seconds(since) });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }

  const total = none();
  process.stdout.write('\n');
  for (const row of rows) {
    for (const key of Object.keys(total)) total[key] += row[key];
    process.stdout.write(
      `${row.name.padEnd(12)} ${row.passed} passed, ${row.failed} failed, ${row.skipped} skipped (${row.time})\n`,
    );
  }
  process.stdout.write(`all rings took ${seconds(started)}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed === 0 ? 0 : 1;
}
