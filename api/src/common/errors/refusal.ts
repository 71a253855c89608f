/**
 * An expected outcome that says no: the `Refused` member of every mutation's union. Thrown inside a transaction so
 * that nothing is stored, turned back into a value by `answer`. Not an Error: GraphQL would report a returned Error as
 * a failure.
 */
export class Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, unknown> | null;

  constructor(code: string, message: string, details: Record<string, unknown> | null = null) {
    this.code = code;
    this.message = message;
    this.details = details;
  }
}

export function refuse(code: string, message: string, details?: Record<string, unknown>): never {
  throw new Refusal(code, message, details ?? null);
}

export function refuseUnless(
  condition: unknown,
  code: string,
  message: string,
  details?: Record<string, unknown>,
): asserts condition {
  if (!condition) refuse(code, message, details);
}

/** Runs a use case; a refusal becomes its value, everything else stays an exception. */
export async function answer<T>(useCase: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await useCase();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
