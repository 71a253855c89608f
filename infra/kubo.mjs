// Builds the pinned Kubo daemon for tests (STORAGE §4: `go install` refuses it because of the `exclude`
// block in its go.mod; a module that requires it is accepted) and prints the path of the binary.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const KUBO_VERSION = 'v0.43.1';
const MINUTES = 60_000;
const PACKAGE = 'github.com/ipfs/kubo/cmd/ipfs';

/**
 * Kubo itself replaces go-libp2p by a fork that module proxies need not have. The release of go-libp2p is built instead, with the
 * QUIC packages that it was made for; the tests use neither, since their daemon is offline.
 */
const GO_MOD = `module allod/kubo

go 1.26

replace (
	github.com/quic-go/quic-go => github.com/quic-go/quic-go v0.60.0
	github.com/quic-go/webtransport-go => github.com/quic-go/webtransport-go v0.11.1
)
`;

/**
 * @param {{log?: (line: string) => void}} options
 * @returns {{ipfs: string} | {skipped: string}} path of the daemon, or why there is none on this machine
 */
export function buildKubo({ log = () => {} } = {}) {
  const folder = resolve(import.meta.dirname, '..', '.allod', `kubo-${KUBO_VERSION}`);
  const ipfs = join(folder, 'ipfs');
  if (existsSync(ipfs)) return { ipfs };
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.error) return { skipped: 'Go is not installed, Kubo cannot be built' };
  log(`building Kubo ${KUBO_VERSION} (some minutes, once)`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'go.mod'), GO_MOD);
  const run = (...args) =>
    execFileSync('go', args, {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 20 * MINUTES,
    });
  try {
    run('get', `${PACKAGE}@${KUBO_VERSION}`);
    run('build', '-tags', 'nofuse', '-trimpath', '-o', 'ipfs.partial', PACKAGE);
  } catch (error) {
    const why = String(error.stderr ?? error.message)
      .trim()
      .split('\n')
      .at(-1);
    return { skipped: `Kubo could not be built with ${go.stdout.trim()}: ${why}` };
  }
  renameSync(`${ipfs}.partial`, ipfs);
  return { ipfs };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = buildKubo({ log: console.error });
  console.log(built.ipfs ?? `SKIPPED Kubo: ${built.skipped}`);
}
