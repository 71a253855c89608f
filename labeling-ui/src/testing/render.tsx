import { QueryClient } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Wallet } from 'ethers';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { Provider } from '../app/provider.tsx';
import { routes } from '../app/router.tsx';
import type { LabelingClient } from '../lib/client.ts';
import type { AppConfig } from '../lib/config.ts';
import type { Wallet as AppWallet } from '../lib/wallet/wallet.ts';
import { makeConfig } from './factories.ts';
import type { MemoryNetwork } from './handlers/memory-client.ts';

export const TEST_KEY = `0x${'11'.repeat(32)}`;
export const ACCOUNT = new Wallet(TEST_KEY).address;

interface RenderAppOptions {
  network: MemoryNetwork;
  path?: string;
  config?: Partial<AppConfig>;
  /** Starts with the key of a development wallet in the tab, as after a reload. */
  signedIn?: boolean;
}

/** The whole app at a path, on a network in memory. */
export function renderApp({ network, path = '/', config, signedIn = true }: RenderAppOptions) {
  if (signedIn) sessionStorage.setItem('allod.developmentKey', TEST_KEY);
  const clients = new Map<string | null, LabelingClient>();
  const connect = (_config: AppConfig, wallet: AppWallet | null): LabelingClient => {
    const account = wallet?.address ?? null;
    const client = clients.get(account) ?? network.client(account);
    clients.set(account, client);
    return client;
  };
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 0 } } });
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const settings = makeConfig(config);
  const view = render(
    <Provider config={settings} queries={queries} connect={connect}>
      <RouterProvider router={router} />
    </Provider>,
  );
  return { ...view, router, user: userEvent.setup() };
}
