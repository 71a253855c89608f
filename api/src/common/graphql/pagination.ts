/** Relay connections over a keyset; the cursor is an opaque base64url of the last row's sort key. */
export interface Connection<T> {
  edges: { node: T; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number;
}

export const MAX_PAGE = 100;

export const pageSize = (first: number | null | undefined, fallback: number): number =>
  Math.min(Math.max(first ?? fallback, 0), MAX_PAGE);

export const encodeCursor = (...key: (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

export function decodeCursor(cursor: string | null | undefined): string[] | null {
  if (!cursor) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(key) ? key.map(String) : null;
  } catch {
    return null;
  }
}

/** `rows` holds one more than `first` when there is a next page. */
export function connection<R, T>(
  rows: R[],
  first: number,
  totalCount: number,
  node: (row: R) => T,
  cursor: (row: R) => string,
): Connection<T> {
  const edges = rows.slice(0, first).map((row) => ({ node: node(row), cursor: cursor(row) }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount,
  };
}
