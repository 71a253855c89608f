import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { ApiError, RefusedError, TransportError } from '../errors/api.ts';
import type { Platform } from '../platform/ports.ts';
import { exchange } from '../upload/exchange.ts';
import { retryAfterSeconds, withRetry } from '../upload/retry.ts';

interface GraphqlAnswer<Result> {
  data?: Result | null;
  errors?: { message: string; extensions?: { code?: string }; path?: (string | number)[] }[];
}

/**
 * One GraphQL request over HTTP. Network faults, 429 and 5xx are tried again with backoff: every mutation of the API is
 * idempotent or answers a repetition with a code.
 */
export async function request<Result, Variables>(
  platform: Platform,
  api: string,
  document: DocumentTypeDecoration<Result, Variables>,
  variables: Variables,
  token?: string,
): Promise<Result> {
  const answer = await withRetry(platform.clock, () => post<Result>(platform, api, String(document), variables, token));
  const error = answer.errors?.[0];
  if (error) {
    throw new ApiError(error.extensions?.code ?? 'API_ERROR', error.message, {
      details: { path: error.path, all: answer.errors },
    });
  }
  if (answer.data === undefined || answer.data === null)
    throw new TransportError('the API answered without data', { retryable: false });
  return answer.data;
}

async function post<Result>(
  platform: Platform,
  api: string,
  query: string,
  variables: unknown,
  token?: string,
): Promise<GraphqlAnswer<Result>> {
  const asked = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables }),
  };
  const response = await exchange(platform, `${api}/graphql`, asked, 'the API');
  const text = new TextDecoder().decode(response.bytes);
  try {
    const answer = JSON.parse(text) as GraphqlAnswer<Result>;
    if (answer.data !== undefined || Array.isArray(answer.errors)) return answer;
  } catch {
    // falls through: the answer is no JSON, what matters is the status
  }
  throw new TransportError(`the API answered ${response.status}`, {
    details: { status: response.status, body: text.slice(0, 500) },
    retryAfter: retryAfterSeconds(response, platform.clock.now()),
    retryable: response.status >= 500 || [408, 425, 429].includes(response.status),
  });
}

/** The success member of a result union; throws {@link RefusedError} with the API's code otherwise. */
export function accepted<T extends { __typename: string }>(result: T): Exclude<T, { __typename: 'Refused' }> {
  if (result.__typename === 'Refused') {
    const refused = result as unknown as { code: string; message: string; details?: unknown };
    throw new RefusedError(refused.code, refused.message, { details: refused.details });
  }
  return result as Exclude<T, { __typename: 'Refused' }>;
}
