import { AllodError } from './base.ts';

/** An expected refusal by the API: the code is one of `@allod/protocol`'s `Code`. */
export class RefusedError extends AllodError {
  override name = 'RefusedError';
}

/** The API could not be reached or answered with something that is no GraphQL; may be tried again. */
export class TransportError extends AllodError {
  override name = 'TransportError';
  /** Seconds to wait as the server asked (`Retry-After`), when it did. */
  readonly retryAfter: number | undefined;
  /** False where trying again cannot help (a 4xx other than 408, 425 and 429). */
  readonly retryable: boolean;

  constructor(
    shortMessage: string,
    options: {
      code?: string;
      cause?: unknown;
      details?: unknown;
      retryAfter?: number | undefined;
      retryable?: boolean;
    } = {},
  ) {
    super(options.code ?? 'TRANSPORT_FAILED', shortMessage, options);
    this.retryAfter = options.retryAfter;
    this.retryable = options.retryable ?? true;
  }
}

/** The API answered with GraphQL errors; `code` is `extensions.code` of the first. */
export class ApiError extends AllodError {
  override name = 'ApiError';
}

/** Something the API or a mirror said does not agree with the chain, a signature or a hash. The answer was not used. */
export class UntrustedAnswerError extends AllodError {
  override name = 'UntrustedAnswerError';

  constructor(shortMessage: string, details?: unknown) {
    super('UNTRUSTED_ANSWER', shortMessage, { details });
  }
}

/** What is not there yet did not appear in time. */
export class TimeoutError extends AllodError {
  override name = 'TimeoutError';

  constructor(what: string, details?: unknown) {
    super('TIMEOUT', `${what} took too long`, { details });
  }
}
