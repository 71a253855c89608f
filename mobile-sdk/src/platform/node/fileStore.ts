import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyStore, ResumeStore, ValueWriter } from '../ports.ts';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeSynced(path: string, value: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(value);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A temporary file whose process has ended: a crash left it. */
function isLeftover(name: string): boolean {
  const pid = /\.bin\.(\d+)\.\d+\.tmp$/.exec(name)?.[1];
  if (pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Key-value store in files. `a/b/c` is file `c` in folder `a/b`; each part is percent-encoded, so that no key leaves the
 * folder. Writes go to a temporary file, fsync, rename, fsync of the folder: a reader sees the old or the new value.
 * `list` removes the temporary files of processes that died.
 */
export class FileStore implements KeyStore, ResumeStore {
  readonly #root: string;
  #counter = 0;

  constructor(root: string) {
    this.#root = root;
  }

  #path(key: string): string {
    const parts = key.split('/').map((part) => encodeURIComponent(part).replaceAll('.', '%2E'));
    return join(this.#root, ...parts.slice(0, -1), `${parts.at(-1) as string}.bin`);
  }

  get(key: string, into?: Uint8Array): Promise<Uint8Array | undefined> {
    return this.getPart(key, 0, Infinity, into);
  }

  async getPart(key: string, start: number, end: number, into?: Uint8Array): Promise<Uint8Array | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(this.#path(key), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const size = Math.max(0, Math.min(end, (await handle.stat()).size) - start);
      const bytes = into && size <= into.length ? into.subarray(0, size) : new Uint8Array(size);
      let filled = 0;
      for (let read = -1; filled < size && read !== 0; filled += read)
        read = (await handle.read(bytes, filled, size - filled, start + filled)).bytesRead;
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  writer(key: string): ValueWriter {
    const path = this.#path(key);
    const temporary = this.#temporary(path);
    let handle: FileHandle | undefined;
    const opened = async (): Promise<FileHandle> => {
      if (handle) return handle;
      await this.#makeFolder(dirname(path));
      return (handle = await open(temporary, 'wx', 0o600));
    };
    const close = async (): Promise<void> => {
      const closing = handle;
      handle = undefined;
      await closing?.close();
    };
    return {
      append: async (bytes) => (await opened()).writeFile(bytes),
      finish: async () => {
        await (await opened()).sync();
        await close();
        await rename(temporary, path);
        await syncFolder(dirname(path));
      },
      discard: async () => {
        await close();
        await unlink(temporary).catch(() => undefined);
      },
    };
  }

  #temporary(path: string): string {
    return `${path}.${process.pid}.${this.#counter++}.tmp`;
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    const path = this.#path(key);
    const folder = dirname(path);
    await this.#makeFolder(folder);
    const temporary = this.#temporary(path);
    try {
      await writeSynced(temporary, value);
      await rename(temporary, path);
    } catch (error) {
      // On a full disk every failed write would else leave its half behind, and the disk full.
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(folder);
  }

  /** Makes a folder; the entries of every folder that was made are durable too. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  }

  set(key: string, value: Uint8Array): Promise<void> {
    return this.put(key, value);
  }

  async delete(key: string): Promise<void> {
    try {
      await unlink(this.#path(key));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    const walk = async (folder: string, at: string): Promise<void> => {
      const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      for (const entry of entries) {
        const name = decodeURIComponent(entry.isFile() ? entry.name.replace(/\.bin$/, '') : entry.name);
        if (entry.isFile() && isLeftover(entry.name)) await unlink(join(folder, entry.name)).catch(() => undefined);
        if (entry.isDirectory()) await walk(join(folder, entry.name), `${at}${name}/`);
        else if (entry.name.endsWith('.bin') && `${at}${name}`.startsWith(prefix)) keys.push(`${at}${name}`);
      }
    };
    await walk(this.#root, '');
    return keys.sort();
  }
}
