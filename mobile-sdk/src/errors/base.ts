/** What an {@link AllodError} is built from besides its short message. */
export interface AllodErrorOptions {
  /** Machine-readable facts about the failure: ids, values, limits. */
  details?: unknown;
  cause?: unknown;
}

/**
 * Base of every error that the SDK throws. Match on `code`, never on the text: codes are stable, texts are not.
 *
 * @example
 * try {
 *   await client.contribute({ datasetId, items });
 * } catch (error) {
 *   if (isAllodError(error, 'CONSENT_MISSING')) await askForConsent();
 *   else throw error;
 * }
 */
export class AllodError extends Error {
  override name = 'AllodError';
  /** Stable SCREAMING_SNAKE code. */
  readonly code: string;
  /** One sentence for a person. */
  readonly shortMessage: string;
  readonly details: unknown;

  constructor(code: string, shortMessage: string, options: AllodErrorOptions = {}) {
    super(shortMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.shortMessage = shortMessage;
    this.details = options.details;
  }

  /** The first error of the cause chain, this one included, that satisfies `match`; without `match`, the root cause. */
  walk(): unknown;
  walk(match: (error: unknown) => boolean): unknown | undefined;
  walk(match?: (error: unknown) => boolean): unknown {
    const chain = causesOf(this);
    return match ? chain.find(match) : chain.at(-1);
  }
}

/** An error, its cause, the cause of that, and so on. */
function causesOf(error: unknown): unknown[] {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? [error] : [error, ...causesOf(cause)];
}

/** True for an SDK error, and with codes only for one of those. */
export function isAllodError(error: unknown, ...codes: string[]): error is AllodError {
  return error instanceof AllodError && (codes.length === 0 || codes.includes(error.code));
}
