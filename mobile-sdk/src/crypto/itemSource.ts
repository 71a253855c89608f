/** Bytes that can be read piece by piece, for example a file: only one piece at a time is in memory. */
export interface SliceSource {
  /** Bytes in all. */
  readonly size: number;
  /** Bytes from `start` up to `end` (exclusive). */
  slice(start: number, end: number): Promise<Uint8Array>;
  /** A reader for one pass over the source, where that is cheaper than slices. */
  reader?(): SliceReader;
}

/** One pass over a source. What `read` gives is valid until the next `read`. */
export interface SliceReader {
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A source of `size` bytes whose slices are passes of one read each. */
export function readerSource(size: number, reader: () => SliceReader): SliceSource {
  return {
    size,
    reader,
    slice: async (start, end) => {
      const once = reader();
      try {
        return await once.read(start, end);
      } finally {
        await once.close();
      }
    },
  };
}

/** Plaintext of one item: in memory, a `Blob` or `File`, a file of the platform, or a stream of chunks of any size. */
export type ItemBytes = Uint8Array | Blob | SliceSource | AsyncIterable<Uint8Array>;

/** The source gave other bytes than it promised: it was cut short or written to while it was read. */
export class SourceChangedError extends Error {
  override name = 'SourceChangedError';
  readonly code = 'SOURCE_CHANGED';
}

export interface Segment {
  plain: Uint8Array<ArrayBuffer>;
  last: boolean;
}

/**
 * Cuts a source into segments of exactly `size` bytes, the last one shorter. An empty source is one empty segment. A segment is valid
 * until the next is asked for: at most two are in memory.
 */
export async function* segmentsOf(source: ItemBytes, size: number): AsyncGenerator<Segment, void> {
  if (isStream(source)) return yield* ofStream(source, size);
  const slices = toSlices(source);
  const reader = slices.reader?.() ?? { read: (start, end) => slices.slice(start, end), close: async () => undefined };
  const count = Math.max(1, Math.ceil(slices.size / size));
  try {
    for (let i = 0; i < count; i++) {
      const end = Math.min((i + 1) * size, slices.size);
      const plain = await reader.read(i * size, end);
      if (plain.length !== end - i * size) throw new SourceChangedError('the source is shorter than it was');
      yield { plain: plain as Uint8Array<ArrayBuffer>, last: i === count - 1 };
    }
  } finally {
    await reader.close();
  }
}

/** Bytes of a source where they are known before it is read. */
export function sizeOf(source: ItemBytes): number | undefined {
  return isStream(source) ? undefined : toSlices(source).size;
}

const isStream = (source: ItemBytes): source is AsyncIterable<Uint8Array> =>
  !(source instanceof Uint8Array) && !isBlob(source) && Symbol.asyncIterator in source;

const isBlob = (source: object): source is Blob => typeof Blob !== 'undefined' && source instanceof Blob;

function toSlices(source: Exclude<ItemBytes, AsyncIterable<Uint8Array>>): SliceSource {
  if (source instanceof Uint8Array)
    return { size: source.length, slice: async (start, end) => source.subarray(start, end) };
  if (!isBlob(source)) return source;
  return {
    size: source.size,
    slice: async (start, end) => new Uint8Array(await source.slice(start, end).arrayBuffer()),
  };
}

async function* ofStream(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Segment, void> {
  let plain = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      if (filled === size) {
        yield { plain, last: false };
        plain = new Uint8Array(size);
        filled = 0;
      }
      const part = chunk.subarray(at, at + size - filled);
      plain.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield { plain: plain.slice(0, filled), last: true };
}
