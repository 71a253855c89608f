import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Turnstile } from '../../common/turnstile.ts';
import { ContentStore, StoreFullError } from './content-store.port.ts';

/** Files that are open at the same time, however many clients there are. */
const OPEN_FILES = 32;

/** An unfinished write of this age will never be finished. */
const ABANDONED_MS = 3_600_000;
const TEMPORARY = /^\.[0-9a-f]{16}\.tmp$/;

/**
 * One file per block, in folders of the CID's last-but-one two characters. Durable: the bytes and the folder are synced
 * before `put` resolves, so that a power cut after "201" loses nothing.
 */
export class FlatStore extends ContentStore {
  private readonly files = new Turnstile(OPEN_FILES);

  constructor(private readonly root: string) {
    super();
  }

  override put(cid: string, bytes: Uint8Array): Promise<void> {
    return this.putAll([{ cid, bytes }]);
  }

  /** Folders are synced when all files are in place: the first one brings most others with it. */
  override async putAll(blocks: readonly { cid: string; bytes: Uint8Array }[]): Promise<void> {
    const folders = new Set<string>();
    await allSettled(
      blocks.map(({ cid, bytes }) =>
        this.files.pass(async () => {
          if (await this.write(cid, bytes)) folders.add(dirname(this.path(cid)));
        }),
      ),
    );
    await allSettled([...folders].map((folder) => this.files.pass(() => syncFolder(folder))));
  }

  /** Writes a block that is not here yet. @returns whether its folder has to be synced */
  private async write(cid: string, bytes: Uint8Array): Promise<boolean> {
    const path = this.path(cid);
    if (await exists(path)) return false;
    const folder = dirname(path);
    const temporary = join(folder, `.${randomBytes(8).toString('hex')}.tmp`);
    try {
      await this.makeFolder(folder);
      await writeSynced(temporary, bytes);
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      if (isFull(error)) throw new StoreFullError('The store has no room left', { cause: error });
      throw error;
    }
    return true;
  }

  override async get(cid: string): Promise<Uint8Array | undefined> {
    try {
      return await this.files.pass(() => readFile(this.path(cid)));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  override async has(cids: readonly string[]): Promise<Set<string>> {
    const found = await Promise.all(cids.map(async (cid) => ((await exists(this.path(cid))) ? cid : undefined)));
    return new Set(found.filter((cid) => cid !== undefined));
  }

  override async delete(cid: string): Promise<void> {
    try {
      await unlink(this.path(cid));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  override async *list(): AsyncGenerator<string> {
    for await (const { name } of this.entries()) if (!TEMPORARY.test(name)) yield name;
  }

  /** Other processes write here too: only what is older than any write. */
  override async sweep(): Promise<number> {
    let count = 0;
    for await (const { name, path } of this.entries()) {
      if (!TEMPORARY.test(name) || Date.now() - (await writtenAt(path)) < ABANDONED_MS) continue;
      await unlink(path).catch(() => undefined);
      count++;
    }
    return count;
  }

  private async *entries(): AsyncGenerator<{ name: string; path: string }> {
    for (const folder of await readdir(this.root, { withFileTypes: true }).catch(() => [])) {
      if (!folder.isDirectory()) continue;
      for (const name of await readdir(join(this.root, folder.name)))
        yield { name, path: join(this.root, folder.name, name) };
    }
  }

  private async makeFolder(folder: string): Promise<void> {
    if (await mkdir(folder, { recursive: true })) await syncFolder(dirname(folder));
  }

  private path(cid: string): string {
    if (!/^[a-z0-9]{20,120}$/.test(cid)) throw new Error('not a base32 CID');
    return join(this.root, cid.slice(-3, -1), cid);
  }
}

/** Throws the first failure when all have ended. */
async function allSettled(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Time of the last write; now when the file is gone. */
const writtenAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
