import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { Provider } from './app/provider.tsx';
import { routes } from './app/router.tsx';
import { Notice } from './components/ui/notice.tsx';
import type { LabelingClient } from './lib/client.ts';
import type { AppConfig } from './lib/config.ts';
import { loadConfig } from './lib/config.ts';
import { lazyClient } from './lib/lazy-client.ts';
import { createQueryClient } from './lib/query.ts';
import { strings } from './lib/strings.ts';
import type { Wallet } from './lib/wallet/wallet.ts';
import './styles.css';

const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no #root');
const root = createRoot(element);

/** Defined once: a new function on every draw would be a new client. */
function connect(config: AppConfig, wallet: Wallet | null): LabelingClient {
  return lazyClient(wallet?.address ?? null, async () => {
    const { createSdkClient } = await import('./lib/sdk-client.ts');
    return createSdkClient(config, wallet);
  });
}

try {
  const config = await loadConfig();
  const router = createBrowserRouter(routes);
  root.render(
    <StrictMode>
      <Provider config={config} queries={createQueryClient()} connect={connect}>
        <RouterProvider router={router} />
      </Provider>
    </StrictMode>,
  );
} catch (error) {
  root.render(
    <main>
      <Notice tone="bad" title={strings.boot.failedTitle} urgent>
        <p>{strings.boot.failed(error instanceof Error ? error.message : String(error))}</p>
      </Notice>
    </main>,
  );
}
