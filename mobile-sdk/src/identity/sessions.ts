import { Code } from '@allod/protocol';
import { isAllodError } from '../errors/base.ts';
import { accepted, request } from '../graphql/transport.ts';
import { SignInChallengeDocument, SignInDocument } from '../graphql/generated.ts';
import type { Platform } from '../platform/ports.ts';
import type { Account } from './account.ts';
import { checkSignInMessage } from './signInMessage.ts';

/** A bearer session at the API. */
export interface Session {
  token: string;
  account: string;
  /** ISO 8601. */
  expiresAt: string;
}

export interface SessionOptions {
  platform: Platform;
  api: string;
  chainId: number;
  /** Domain and origin that the sign-in message names: the page's, or the API's outside a browser. */
  domain: string;
  uri: string;
}

/** Time before the end of a session at which a new one is made, in milliseconds. */
const MARGIN = 60_000;

/** Sessions by account, in memory only. Two callers that need the same session share one sign-in. */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #pending = new Map<string, Promise<Session>>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The session of an account, signing in when there is none or it is about to end. */
  async get(account: Account): Promise<Session> {
    const key = account.address.toLowerCase();
    const session = this.#sessions.get(key);
    if (session && Date.parse(session.expiresAt) - MARGIN > this.#options.platform.clock.now()) return session;
    let pending = this.#pending.get(key);
    if (!pending) {
      pending = this.#signInAgain(account).finally(() => this.#pending.delete(key));
      this.#pending.set(key, pending);
    }
    return pending;
  }

  /** Forgets a session, for example after the API called it unauthenticated. */
  drop(account: Account): void {
    this.#sessions.delete(account.address.toLowerCase());
  }

  /** A challenge is good once: when the answer to it was lost on the way, a new one is signed. */
  async #signInAgain(account: Account): Promise<Session> {
    try {
      return await this.#signIn(account);
    } catch (error) {
      if (!isAllodError(error, Code.CHALLENGE_EXPIRED)) throw error;
      return this.#signIn(account);
    }
  }

  async #signIn(account: Account): Promise<Session> {
    const { platform, api, chainId, domain, uri } = this.#options;
    const { signInChallenge } = await request(platform, api, SignInChallengeDocument, {
      account: account.address,
      domain,
      uri,
    });
    const { message, nonce } = signInChallenge;
    checkSignInMessage(message, { domain, uri, chainId, nonce, account: account.address });
    const signature = await account.signer.signMessage(message);
    const { signIn } = await request(platform, api, SignInDocument, { message, signature });
    const { token, account: signedIn, expiresAt } = accepted(signIn);
    const session = { token, account: signedIn, expiresAt };
    this.#sessions.set(account.address.toLowerCase(), session);
    return session;
  }
}
