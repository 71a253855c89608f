import { run as runProgram } from './process.mjs';

export async function run() {
  const { code } = await runProgram('prettier', ['--write', '--log-level', 'warn', '.'], { echo: true });
  if (code !== 0) return code;
  return (await runProgram('eslint', ['-c', 'infra/config/eslint.config.mjs', '--fix', '.'], { echo: true })).code;
}
