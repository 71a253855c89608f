/**
 * `npm run test:expo -w @allod/sdk`: installs the Expo sample app by its own lock file, checks its types, the SDK's adapters included,
 * against the real packages, and bundles it with Metro for Android. Minutes, and a package registry; part of the deep suite.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('../examples/expo', import.meta.url));
const env = { ...process.env, CI: '1', EXPO_OFFLINE: '1', EXPO_NO_TELEMETRY: '1' };

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: app, stdio: 'inherit', env });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed`);
    process.exit(1);
  }
}

rmSync(join(app, 'dist'), { recursive: true, force: true });
run('npm', 'ci', '--workspaces=false', '--ignore-scripts', '--no-audit', '--no-fund');
run('node_modules/.bin/tsc', '--noEmit', '--project', '.');
run(
  'node_modules/.bin/expo',
  'export',
  '--platform',
  'android',
  '--output-dir',
  'dist',
  '--no-bytecode',
  '--max-workers',
  '1',
);
const folder = join(app, 'dist/_expo/static/js/android');
const [bundle] = readdirSync(folder);
console.log(`expo sample: types clean, bundle of ${statSync(join(folder, bundle as string)).size} bytes`);
