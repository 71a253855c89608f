import { type ClientContext, refOf, walletOf } from '../context.ts';
import type { BadChallengeError, SeedMissingError, SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import type { Session } from '../identity/sessions.ts';

export interface SignInParameters {
  /** Sign in as the contributorRef of this dataset instead of as the wallet. */
  datasetId?: string;
}

export type SignInReturnType = Session;

export type SignInErrorType = SignerMissingError | SeedMissingError | BadChallengeError | RefusedError | TransportError;

/**
 * Signs in by EIP-4361 and keeps the session in memory. Every action that needs a session does this by itself; call it to ask the
 * wallet at a moment of your choice. The message is checked before it is signed: domain, account, chain and nonce.
 *
 * @throws `BAD_CHALLENGE` when the API's message names something else; RefusedError (`WRONG_SIGNATURE`, `CHALLENGE_EXPIRED`)
 * @example
 * const { account } = await client.signIn();
 */
export async function signIn(client: ClientContext, parameters: SignInParameters = {}): Promise<SignInReturnType> {
  const account = parameters.datasetId === undefined ? await walletOf(client) : refOf(client, parameters.datasetId);
  return client.sessions.get(account);
}
