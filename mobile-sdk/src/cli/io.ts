/** What the command line talks to; a test passes its own. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Draw progress bars on `err`. */
  isTerminal: boolean;
  /** All of standard input. */
  input(): Promise<string>;
  env: Record<string, string | undefined>;
}

/** A mistake in how the program was called. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Exit codes: scripts may rely on them. */
export const Exit = { ok: 0, failed: 1, usage: 2, waiting: 3, refused: 4 } as const;
