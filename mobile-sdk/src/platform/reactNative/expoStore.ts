import type { ResumeStore } from '../ports.ts';
import type { ExpoDirectory, ExpoFile, FileSystemModule } from './modules.ts';

const encode = (key: string): string => encodeURIComponent(key).replaceAll('.', '%2E').replaceAll('*', '%2A');
const ENDING = '.bin';
const TEMPORARY = '.tmp';

type MovableFile = ExpoFile & { move(to: ExpoFile, options: { overwrite: boolean }): Promise<void> };

interface Classes {
  Paths: { document: ExpoDirectory };
  Directory: new (parent: ExpoDirectory, name: string) => ExpoDirectory;
  File: new (parent: ExpoDirectory, name: string) => MovableFile;
}

/**
 * Durable store in files of the app's documents. A value is written beside its place and then moved there, so that a reader sees the
 * old or the new one after a crash. The platform offers no fsync: a loss of power may lose the last seconds, never mix two values.
 *
 * @param folder name below the documents; one per seed
 */
export function expoStore(fileSystem: FileSystemModule, folder = 'allod'): ResumeStore {
  const { File, Directory, Paths } = fileSystem as unknown as Classes;
  const root = new Directory(Paths.document, folder);
  const ready = (): void => {
    if (!root.exists) root.create({ intermediates: true, idempotent: true });
  };
  const fileOf = (key: string): MovableFile => new File(root, encode(key) + ENDING);
  let counter = 0;
  return {
    async get(key) {
      const file = fileOf(key);
      return file.exists ? file.bytes() : undefined;
    },
    async put(key, value) {
      ready();
      const temporary = new File(root, `${encode(key)}.${counter++}${TEMPORARY}`);
      temporary.write(value);
      await temporary.move(fileOf(key), { overwrite: true });
    },
    async delete(key) {
      const file = fileOf(key);
      if (file.exists) file.delete();
    },
    async list(prefix) {
      ready();
      const names = root.list().map(({ name }) => name);
      const keys = names
        .filter((name) => name.endsWith(ENDING))
        .map((name) => decodeURIComponent(name.slice(0, -ENDING.length)));
      return keys.filter((key) => key.startsWith(prefix)).sort();
    },
  };
}
