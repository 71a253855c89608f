import { readerSource, type SliceReader, type SliceSource, SourceChangedError } from '../../crypto/itemSource.ts';
import type { ExpoFile } from './modules.ts';

/** A file of the device as the bytes of an item: read natively, piece by piece, never whole in JavaScript. */
export function expoFileSource(file: ExpoFile): SliceSource {
  const { size, lastModified } = file;
  const reader = (): SliceReader => {
    const handle = file.open();
    return {
      read: async (start, end) => {
        if (file.size !== size || file.lastModified !== lastModified)
          throw new SourceChangedError('the file changed while it was read');
        handle.offset = start;
        return handle.readBytes(end - start);
      },
      close: async () => handle.close(),
    };
  };

  return readerSource(size, reader);
}
