/**
 * Runs Slither on `src` and fails on every finding that `slither.triage.json` does not explain, and on every explanation
 * without a finding. Slither comes from PyPI into `.slither/` (ignored by git) on first use; where Python or the package
 * is not to be had, it says SKIPPED and why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGES = ['slither-analyzer==0.11.6', 'crytic-compile==0.4.2'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WORK = join(ROOT, '.slither');
const VENV = join(WORK, `venv-${PACKAGES.join('-').replaceAll('==', '-')}`);
const BIN = join(VENV, process.platform === 'win32' ? 'Scripts' : 'bin');

interface Element {
  type: string;
  name: string;
  type_specific_fields?: { parent?: Element; signature?: string };
}

interface Finding {
  check: string;
  impact: string;
  description: string;
  elements: Element[];
}

/** An accepted finding: `where` is `Contract.function`, `Contract.variable`, `Contract`, or `Contract.*` for all of it. */
interface Accepted {
  check: string;
  where: string;
  reason: string;
}

function skip(reason: string): never {
  console.log(`SKIPPED slither: ${reason}`);
  process.exit(0);
}

function install(): void {
  if (existsSync(join(BIN, 'slither')) || existsSync(join(BIN, 'slither.exe'))) return;
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['-c', 'import venv, ensurepip']).status === 0);
  if (python === undefined) skip('there is no Python 3 with venv');
  mkdirSync(WORK, { recursive: true });
  if (spawnSync(python, ['-m', 'venv', VENV]).status !== 0) skip('python -m venv failed');
  const pip = spawnSync(join(BIN, 'python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES], { encoding: 'utf8' });
  if (pip.status !== 0) {
    rmSync(VENV, { recursive: true, force: true });
    skip(`pip could not install ${PACKAGES[0]}: ${pip.stderr.trim().split('\n').at(-1)}`);
  }
}

/** Compiles to syntax trees and lays them out as Hardhat's build info, which Slither reads. */
function compile(): void {
  const require = createRequire(import.meta.url);
  const solc = require('solc') as {
    version(): string;
    compile(input: string, callbacks: { import: (path: string) => { contents: string } }): string;
  };
  const openzeppelin = dirname(require.resolve('@openzeppelin/contracts/package.json')).replaceAll(sep, '/');
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.sol'),
  );
  const sources = Object.fromEntries(
    files.map((file) => [
      `src/${file.replaceAll(sep, '/')}`,
      { content: readFileSync(join(ROOT, 'src', file), 'utf8') },
    ]),
  );
  const input = {
    language: 'Solidity',
    sources,
    settings: {
      optimizer: { enabled: true, runs: 10_000 },
      evmVersion: 'cancun',
      remappings: [`@openzeppelin/contracts/=${openzeppelin}/`],
      outputSelection: { '*': { '': ['ast'], '*': ['abi'] } },
    },
  };
  const read = (path: string) => ({ contents: readFileSync(path, 'utf8') });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
    errors?: { severity: string; formattedMessage: string }[];
    contracts: Record<string, Record<string, Record<string, unknown>>>;
  };
  const errors = output.errors?.filter(({ severity }) => severity === 'error') ?? [];
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
  const none = { object: '', sourceMap: '' };
  for (const contracts of Object.values(output.contracts)) {
    for (const contract of Object.values(contracts)) contract['evm'] = { bytecode: none, deployedBytecode: none };
  }
  const folder = join(WORK, 'artifacts', 'build-info');
  rmSync(join(WORK, 'artifacts'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const solcVersion = solc.version().split('+')[0];
  writeFileSync(join(folder, 'build.json'), JSON.stringify({ solcVersion, input, output }));
}

function analyze(): Finding[] {
  const report = join(WORK, 'report.json');
  rmSync(report, { force: true });
  const run = spawnSync(
    join(BIN, 'slither'),
    [
      ...['.', '--hardhat-ignore-compile', '--hardhat-artifacts-directory', '.slither/artifacts', '--npx-disable'],
      ...['--filter-paths', 'node_modules', '--json', report, '--disable-color'],
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (!existsSync(report)) throw new Error(`slither did not finish:\n${run.stderr}`);
  const { success, error, results } = JSON.parse(readFileSync(report, 'utf8')) as {
    success: boolean;
    error: string | null;
    results: { detectors?: Finding[] };
  };
  if (!success) throw new Error(`slither failed: ${error}`);
  const analyzed = Number(/analyzed \((\d+) contracts/.exec(run.stderr)?.[1] ?? 0);
  if (analyzed < 20) throw new Error(`slither analyzed only ${analyzed} contracts:\n${run.stderr}`);
  console.log(`slither: ${analyzed} contracts, ${results.detectors?.length ?? 0} findings`);
  return results.detectors ?? [];
}

/** `Contract.function` of a finding's first element, without lines: lines move. */
function whereOf({ elements }: Finding): string {
  const names: string[] = [];
  for (
    let element: Element | undefined = elements[0];
    element !== undefined;
    element = element.type_specific_fields?.parent
  ) {
    if (element.type !== 'node') names.unshift(element.name);
    if (element.type === 'contract') break;
  }
  return names.filter((name) => !name.endsWith('.sol')).join('.');
}

install();
compile();
const findings = analyze();
const accepted = JSON.parse(readFileSync(join(ROOT, 'slither.triage.json'), 'utf8')) as Accepted[];
const covers = ({ check, where }: Accepted, finding: Finding): boolean => {
  const place = whereOf(finding);
  if (check !== finding.check) return false;
  return where.endsWith('.*') ? place.startsWith(where.slice(0, -1)) : place === where;
};
const problems = [
  ...findings
    .filter((finding) => !accepted.some((entry) => covers(entry, finding)))
    .map((finding) => `${finding.check} in ${whereOf(finding)} (${finding.impact}): ${finding.description.trim()}`),
  ...accepted
    .filter((entry) => !findings.some((finding) => covers(entry, finding)))
    .map(({ check, where }) => `explained, but not found any more: ${check} in ${where}`),
];
for (const problem of problems) console.error(problem);
console.log(`slither: ${accepted.length} explanations cover ${findings.length} findings, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
