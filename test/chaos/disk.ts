import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A disk that can be filled up. */
export interface SmallDisk {
  folder: string;
  /** A tmpfs of its own, or a file that tells `full-disk.ts` to refuse writes below the folder. */
  kind: 'tmpfs' | 'port';
  /** Environment of a Node process that writes here. */
  env: Record<string, string>;
  /** Leaves room for at most `bytes` more, or for nothing at all. */
  fill: (bytes: number) => void;
  free: () => void;
  close: () => void;
}

/** A small tmpfs at `folder` where one may be mounted, else the file-system port, which says ENOSPC at a sign. */
export function smallDisk(folder: string, mebibytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (process.platform !== 'linux' || process.env['ALLOD_CHAOS_DISK'] === 'port') return throughPort(folder);
  try {
    mount(folder, `size=${mebibytes}m,mode=755`);
  } catch {
    // Not root, or a container that may not mount: the port does as well.
    return throughPort(folder);
  }
  return {
    folder,
    kind: 'tmpfs',
    env: {},
    // Made smaller instead of filled: at once, and without the memory that a filler would take.
    fill: (bytes) => shrink(folder, bytes),
    free: () => mount(folder, `remount,size=${mebibytes}m`),
    close: () => void execFileSync('umount', ['-l', folder]),
  };
}

function shrink(folder: string, left: number): void {
  for (let tries = 1; ; tries++) {
    const { blocks, bfree, bsize } = statfsSync(folder);
    try {
      return mount(folder, `remount,size=${(blocks - bfree) * bsize + left}`);
    } catch (error) {
      // Somebody wrote in between, and a tmpfs cannot be smaller than what it holds.
      if (tries >= 20) throw error;
    }
  }
}

function mount(folder: string, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
}

function throughPort(folder: string): SmallDisk {
  const sign = join(dirname(folder), `.full-${basename(folder)}`);
  const preload = new URL('./full-disk.ts', import.meta.url).href;
  const free = (): void => rmSync(sign, { force: true });
  return {
    folder,
    kind: 'port',
    env: { NODE_OPTIONS: `--import ${preload}`, ALLOD_FULL_FOLDER: folder, ALLOD_FULL_SIGN: sign },
    fill: () => writeFileSync(sign, ''),
    free,
    close: free,
  };
}
