import { GraphQLError } from 'graphql';

/** A surprise that the client is told about: thrown, answered in `errors[]` with a stable `extensions.code`. */
export class DomainError extends GraphQLError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message, { extensions: { code } });
    this.name = 'DomainError';
    this.code = code;
  }
}

export const unauthenticated = () => new DomainError('UNAUTHENTICATED', 'Sign in first: Authorization: Bearer <token>');
export const notFound = (what: string) => new DomainError('NOT_FOUND', `${what} is not known here`);
export const forbidden = (why: string) => new DomainError('FORBIDDEN', why);
