import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The peers' packages, pinned to the bytes of their tarballs. None of them is a dependency of the repository. */
const PACKAGES = {
  '@human-protocol/core': {
    version: '6.0.0',
    integrity: 'sha512-bwt/qi01sNzPeMD6cGpAVGf0gb3jzYNEBa3soyj6YdN/9ZNT9xTywXkKJWJjX9nvJd6PjgK6uYFcgz5bbN4VnQ==',
  },
  '@oceanprotocol/contracts': {
    version: '2.6.0',
    integrity: 'sha512-4K3TTM0q4VlBs7GLXzQkGMae576iAGHMARqMFcKXUUtfGyiT8KP4sP9IBsq8UUhu11R4JU2KTqXenHS8EWxrbA==',
  },
  '@openzeppelin/contracts': {
    version: '4.9.6',
    integrity: 'sha512-xSmezSupL+y9VkHZJGDoCBpmnB2ogM13ccaYDWqJTfS3dbuHkgjuwDFUmaFauBCboQMGB/S5UqUl2y54X99BmA==',
  },
  '@uniswap/merkle-distributor': {
    version: '1.0.1',
    integrity: 'sha512-5gDiTI5hrXIh5UWTrxKYjw30QQDnpl8ckDSpefldNenDlYO1RKkdUYMYpvrqGi2r7YzLYTlO6+TDlNs6O7hDRw==',
  },
  '@unlock-protocol/contracts': {
    version: '0.0.34',
    integrity: 'sha512-Sjgn8C3zKGdnGKfcoR4ejz1YgfQLYuHbtcZrK35N6FfPZQoL9jbWiyhIhxavb5bpRmXnLxnlh6vykEgCGIwjSg==',
  },
  erc721a: {
    version: '4.3.0',
    integrity: 'sha512-JneTLVEH5I/rJMArAwwJ26CX4HvL3ql9Q3egpQ4QB7sz7vIGZbMdMmqHLBIIKhBlfToZKewtC7OZtdr3qU6jsA==',
  },
  solady: {
    version: '0.1.26',
    integrity: 'sha512-dhGr/ptJFdea/1KE6xgqgwEdbMhUiSfRc6A+jLeltPe16zyt9qtED3PElIBVRnzEmUO5aZTjKVAr6SlqXBBcIw==',
  },
} as const;

export type PackageName = keyof typeof PACKAGES;

/** Thrown when a package is neither in the cache nor to be had. */
export class PackageUnavailable extends Error {
  override readonly name = 'PackageUnavailable';
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
const CACHE = join(ROOT, 'node_modules/.cache/gas-peers');

/** `name@version` as it is printed. */
export function labelOf(name: PackageName): string {
  return `${name}@${PACKAGES[name].version}`;
}

/**
 * The folder of a package, fetched by `npm pack` on first use into a folder that git ignores. Nothing of it is run but
 * its bytecode on the measuring chain. Throws `PackageUnavailable` without a registry or when its bytes differ.
 */
export function folderOf(name: PackageName): string {
  const { integrity } = PACKAGES[name];
  const folder = join(CACHE, labelOf(name).replace('/', '+'));
  if (existsSync(folder)) return join(folder, 'package');
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    npm(['pack', labelOf(name), '--silent', '--pack-destination', scratch]);
    const file = readdirSync(scratch).find((entry) => entry.endsWith('.tgz'));
    if (file === undefined) throw new PackageUnavailable(`npm pack left no file for ${labelOf(name)}`);
    const tarball = join(scratch, file);
    const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
    if (found !== integrity) throw new PackageUnavailable(`${labelOf(name)} is not the pinned one: ${found}`);
    execFileSync('tar', ['-xzf', tarball, '-C', scratch], { stdio: 'ignore' });
    renameSync(scratch, folder);
    return join(folder, 'package');
  } catch (error) {
    if (error instanceof PackageUnavailable) throw error;
    throw new PackageUnavailable(`${labelOf(name)} could not be fetched: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A compiled contract of a package. */
export function artifactOf(name: PackageName, path: string): { abi: []; bytecode: string } {
  const { abi, bytecode } = JSON.parse(readFileSync(join(folderOf(name), path), 'utf8')) as {
    abi: [];
    bytecode: string | { object: string };
  };
  const code = typeof bytecode === 'string' ? bytecode : bytecode.object;
  return { abi, bytecode: code.startsWith('0x') ? code : `0x${code}` };
}

function npm(args: readonly string[]): void {
  const started = process.env['npm_execpath'];
  const options = { stdio: 'ignore', timeout: 60_000 } as const;
  if (started !== undefined && /npm-cli\.c?js$/.test(started) && existsSync(started)) {
    execFileSync(process.execPath, [started, ...args], options);
  } else {
    execFileSync('npm', args, { ...options, shell: process.platform === 'win32' });
  }
}
