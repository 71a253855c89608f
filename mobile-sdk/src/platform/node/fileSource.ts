import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readerSource, type SliceReader, type SliceSource, SourceChangedError } from '../../crypto/itemSource.ts';

/**
 * A file as the bytes of an item: read piece by piece, never whole. A file that changes while it is read is refused
 * (`SOURCE_CHANGED`).
 *
 * @param path absolute path
 */
export async function fileSource(path: string): Promise<SliceSource> {
  const { size, mtimeMs, ino } = await stat(path);

  const reader = (): SliceReader => {
    let opening: Promise<FileHandle> | undefined;
    let buffer = new Uint8Array(0);
    return {
      read: async (start, end) => {
        const handle = await (opening ??= open(path, 'r'));
        const now = await handle.stat();
        if (now.size !== size || now.mtimeMs !== mtimeMs || now.ino !== ino)
          throw new SourceChangedError('the file changed while it was read');
        if (buffer.length < end - start) buffer = new Uint8Array(end - start);
        let filled = 0;
        while (filled < end - start) {
          const { bytesRead } = await handle.read(buffer, filled, end - start - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return buffer.subarray(0, filled);
      },
      close: async () => (await opening?.catch(() => undefined))?.close(),
    };
  };

  return readerSource(size, reader);
}
