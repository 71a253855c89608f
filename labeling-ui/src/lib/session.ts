import { createContext, useContext } from 'react';
import type { LabelingClient } from './client.ts';
import type { AppConfig } from './config.ts';
import type { Wallet } from './wallet/wallet.ts';

export interface Session {
  config: AppConfig;
  /** Answers questions that need no account until somebody signs in. */
  client: LabelingClient;
  account: string | null;
  walletKind: Wallet['kind'] | null;
  /** A key of this tab is being signed in again after a reload. */
  restoring: boolean;
  signIn(method: SignInMethod): Promise<string>;
  signOut(): Promise<void>;
}

export type SignInMethod = { kind: 'injected' } | { kind: 'create' } | { kind: 'import'; privateKey: string };

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession is used outside of the provider');
  return session;
}
