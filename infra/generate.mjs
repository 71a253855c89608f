import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run as runProgram } from './process.mjs';

/** Workspaces that generate committed files, in the order in which one reads what the other wrote. */
export const GENERATORS = [
  { workspace: 'contracts/protocol', outputs: ['contracts/protocol/vectors'] },
  { workspace: 'contracts', outputs: ['contracts/abi'] },
  { workspace: 'api', outputs: ['api/schema.graphql', 'api/src'] },
  { workspace: 'mobile-sdk', outputs: ['mobile-sdk/src'] },
];

const hasScript = (workspace) =>
  JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8')).scripts?.generate !== undefined;

export async function run() {
  for (const { workspace } of GENERATORS) {
    if (!hasScript(workspace)) continue;
    process.stdout.write(`generate ${workspace}\n`);
    const { code, output } = await runProgram('npm', ['run', '--silent', 'generate'], { cwd: join(ROOT, workspace) });
    if (code !== 0) {
      process.stdout.write(output);
      return code;
    }
  }
  return 0;
}
