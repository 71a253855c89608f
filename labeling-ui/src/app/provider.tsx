import type { QueryClient } from '@tanstack/react-query';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LabelingClient } from '../lib/client.ts';
import type { AppConfig } from '../lib/config.ts';
import type { Session, SignInMethod } from '../lib/session.ts';
import { SessionContext } from '../lib/session.ts';
import type { Wallet } from '../lib/wallet/wallet.ts';
import { injectedProvider, WalletError } from '../lib/wallet/wallet.ts';

export interface ProviderProps {
  config: AppConfig;
  queries: QueryClient;
  /** A client for this wallet, or for nobody. */
  connect(config: AppConfig, wallet: Wallet | null): LabelingClient;
  children: ReactNode;
}

interface SignedIn {
  client: LabelingClient;
  wallet: Wallet;
}

export function Provider({ config, queries, connect, children }: ProviderProps) {
  const anonymous = useMemo(() => connect(config, null), [config, connect]);
  const [signedIn, setSignedIn] = useState<SignedIn | null>(null);
  const [restoring, setRestoring] = useState(config.development);

  const enter = useCallback(
    async (wallet: Wallet) => {
      const client = connect(config, wallet);
      await client.signIn();
      setSignedIn({ client, wallet });
      return wallet.address;
    },
    [config, connect],
  );

  const signOut = useCallback(async () => {
    if (signedIn === null) return;
    setSignedIn(null);
    queries.clear();
    const { forgetKey } = await import('../lib/wallet/development.ts');
    forgetKey(sessionStorage);
    await signedIn.client.signOut();
  }, [queries, signedIn]);

  useEffect(() => {
    if (!config.development) return;
    let stale = false;
    const restore = async () => {
      const { connectDevelopment, storedKey } = await import('../lib/wallet/development.ts');
      const key = storedKey(sessionStorage);
      if (key !== null && !stale) await enter(connectDevelopment(key, config));
    };
    void restore()
      .catch(() => undefined)
      .finally(() => setRestoring(false));
    return () => {
      stale = true;
    };
  }, [config, enter]);

  useEffect(() => {
    const provider = injectedProvider();
    if (signedIn?.wallet.kind !== 'injected' || provider === null) return;
    const onChange = () => void signOut();
    provider.on?.('accountsChanged', onChange);
    provider.on?.('chainChanged', onChange);
    return () => {
      provider.removeListener?.('accountsChanged', onChange);
      provider.removeListener?.('chainChanged', onChange);
    };
  }, [signedIn, signOut]);

  const session = useMemo<Session>(
    () => ({
      config,
      client: signedIn?.client ?? anonymous,
      account: signedIn?.wallet.address ?? null,
      walletKind: signedIn?.wallet.kind ?? null,
      restoring,
      signIn: async (method) => enter(await openWallet(method, config)),
      signOut,
    }),
    [anonymous, config, enter, restoring, signOut, signedIn],
  );

  return (
    <QueryClientProvider client={queries}>
      <SessionContext value={session}>{children}</SessionContext>
    </QueryClientProvider>
  );
}

async function openWallet(method: SignInMethod, config: AppConfig): Promise<Wallet> {
  if (method.kind === 'injected') {
    const provider = injectedProvider();
    if (provider === null) throw new WalletError('NO_WALLET', 'no wallet in this browser');
    const { connectInjected } = await import('../lib/wallet/injected.ts');
    return connectInjected(provider, config);
  }
  if (!config.development) throw new WalletError('NO_WALLET', 'keys in the browser are for development only');
  const { askForGas, connectDevelopment, createKey, importKey } = await import('../lib/wallet/development.ts');
  const key = method.kind === 'create' ? createKey(sessionStorage) : importKey(sessionStorage, method.privateKey);
  const wallet = connectDevelopment(key, config);
  void askForGas(wallet);
  return wallet;
}
