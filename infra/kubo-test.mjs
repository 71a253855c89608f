// Runs the storage tests of the api against a real Kubo daemon, or says why it cannot.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildKubo } from './kubo.mjs';

const root = resolve(import.meta.dirname, '..');
const built = buildKubo({ log: console.log });
if ('skipped' in built) {
  console.log(`SKIPPED the Kubo adapter against a daemon: ${built.skipped}`);
} else {
  process.exitCode = await testAgainst(built.ipfs);
}

async function testAgainst(ipfs) {
  const repository = mkdtempSync(join(tmpdir(), 'allod-kubo-'));
  const env = { ...process.env, IPFS_PATH: repository, IPFS_TELEMETRY: 'off' };
  const run = (...args) => execFileSync(ipfs, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  run('init', '--empty-repo', '--profile', 'test');
  run('config', 'Addresses.API', '/ip4/127.0.0.1/tcp/0');
  run('config', '--json', 'Provide.Enabled', 'false');
  const daemon = spawn(ipfs, ['daemon', '--offline'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await portOf(daemon);
    const jest = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        join(root, 'node_modules/jest/bin/jest.js'),
        ...['-c', join(root, 'infra/config/jest.config.mjs'), '--selectProjects', 'api', '--'],
        ...['storage/kubo.spec', 'storage/content-store.spec'],
      ],
      { cwd: root, stdio: 'inherit', env: { ...process.env, TEST_IPFS_RPC_URL: `http://127.0.0.1:${port}` } },
    );
    const [code] = await once(jest, 'exit');
    return code ?? 1;
  } finally {
    daemon.kill('SIGINT');
    await once(daemon, 'exit');
    rmSync(repository, { recursive: true, force: true });
  }
}

function portOf(daemon) {
  return new Promise((found, failed) => {
    let said = '';
    daemon.stdout.on('data', (chunk) => {
      said += chunk;
      const port = /RPC API server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(said)?.[1];
      if (port) found(port);
    });
    daemon.once('exit', () => failed(new Error(`the daemon ended: ${said}`)));
  });
}
