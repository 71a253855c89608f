/**
 * Runs all tests with coverage and fails below 98 % of lines or statements of `src`, or when a file has lines that no
 * test reaches and `test/README.md` does not name.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LEAST_PERCENT = 98;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Row {
  file: string;
  lines: number;
  statements: number;
  /** As the report has them: `266-268, 355`, or `-`. */
  uncovered: string;
}

function runTests(): Promise<{ code: number | null; output: string }> {
  const child = spawn('hardhat', ['test', '--coverage'], {
    cwd: ROOT,
    env: { ...process.env, ALLOD_TEST_DEPTH: '1', COLUMNS: '200', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The rows of Hardhat's table, the last of them named `Total`. */
function rowsOf(output: string): Row[] {
  return output.split('\n').flatMap((line) => {
    const [file, lines, statements, uncovered] = line
      .split('║')
      .slice(1, -1)
      .join('')
      .split('│')
      .map((cell) => cell.trim());
    if (!file || !(file.startsWith('src/') || file === 'Total')) return [];
    return [{ file, lines: Number(lines), statements: Number(statements), uncovered: uncovered || '-' }];
  });
}

const { code, output } = await runTests();
const rows = rowsOf(output);
const total = rows.find(({ file }) => file === 'Total');
const explanations = readFileSync(new URL('../test/README.md', import.meta.url), 'utf8');
const problems: string[] = [];
if (code !== 0) problems.push(`the tests ended with ${code}`);
if (total === undefined || rows.length < 5) problems.push('there is no coverage report');
for (const kind of ['lines', 'statements'] as const) {
  if (total !== undefined && !(total[kind] >= LEAST_PERCENT)) {
    problems.push(`${total[kind]} % of ${kind} are covered, not ${LEAST_PERCENT} %`);
  }
}
for (const { file, uncovered } of rows) {
  if (file === 'Total' || uncovered === '-') continue;
  console.log(`not reached: ${file}: ${uncovered}`);
  if (!explanations.includes(`\`${file}: ${uncovered}\``)) problems.push(`${file}: ${uncovered} is not explained`);
}
for (const problem of problems) console.error(problem);
if (total !== undefined) console.log(`coverage: ${total.lines} % of lines, ${total.statements} % of statements`);
process.exitCode = problems.length === 0 ? 0 : 1;
