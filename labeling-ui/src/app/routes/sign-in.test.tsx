import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { renderApp, TEST_KEY } from '../../testing/render.tsx';

let network: MemoryNetwork;
const page = window as { ethereum?: unknown };
const TEST_ADDRESS = '0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A';

beforeEach(() => {
  network = new MemoryNetwork();
});

afterEach(() => {
  delete page.ethereum;
});

const wallet = (answers: Record<string, unknown>) => ({
  request: ({ method }: { method: string }) => {
    const answer = answers[method];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  },
});

describe('sign in', () => {
  test('a development wallet is made, marked as such, and forgotten on sign out', async () => {
    const { user } = renderApp({ network, path: '/sign-in', signedIn: false });
    await user.click(await screen.findByRole('button', { name: 'Create a development wallet' }));
    expect(await screen.findByText('development wallet')).toBeVisible();
    expect(network.signIns).toBe(1);
    await user.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(await screen.findByRole('link', { name: 'Sign in' })).toBeVisible();
    await waitFor(() => expect(sessionStorage.length).toBe(0));
  });

  test('a key can be pasted; nonsense is refused in words', async () => {
    const { user } = renderApp({ network, path: '/sign-in', signedIn: false });
    const field = await screen.findByLabelText('Or paste a private key');
    await user.type(field, 'not a key');
    await user.click(screen.getByRole('button', { name: 'Import' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('That is not a private key');
    await user.clear(field);
    await user.type(field, TEST_KEY);
    await user.click(screen.getByRole('button', { name: 'Import' }));
    expect(await screen.findByTitle(TEST_ADDRESS)).toBeVisible();
  });

  test('a reload keeps the development wallet of the tab', async () => {
    renderApp({ network });
    expect(await screen.findByTitle(TEST_ADDRESS)).toBeVisible();
  });

  test('production offers no key in the browser, even when one lies there', async () => {
    renderApp({ network, path: '/sign-in', config: { development: false } });
    expect(await screen.findByRole('heading', { name: 'Sign in to label' })).toBeVisible();
    expect(screen.queryByText('Development wallet')).toBeNull();
    expect(screen.getByText('No wallet was found in this browser.')).toBeVisible();
    expect(network.signIns).toBe(0);
  });

  test('a wallet of the browser signs in', async () => {
    page.ethereum = wallet({
      eth_requestAccounts: [TEST_ADDRESS],
      eth_accounts: [TEST_ADDRESS],
      eth_chainId: '0x7a69',
    });
    const { user } = renderApp({ network, path: '/sign-in', signedIn: false });
    await user.click(await screen.findByRole('button', { name: 'Use my wallet' }));
    expect(await screen.findByTitle(TEST_ADDRESS)).toBeVisible();
    expect(screen.queryByText('development wallet')).toBeNull();
  });

  test('saying no in the wallet is told as that', async () => {
    page.ethereum = wallet({ eth_requestAccounts: Object.assign(new Error('User rejected'), { code: 4001 }) });
    const { user } = renderApp({ network, path: '/sign-in', signedIn: false });
    await user.click(await screen.findByRole('button', { name: 'Use my wallet' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('You declined to sign. Nothing happened.');
  });

  test('a wallet that stays on another chain is told which one is needed', async () => {
    page.ethereum = wallet({
      eth_requestAccounts: [TEST_ADDRESS],
      eth_chainId: '0x1',
      wallet_switchEthereumChain: null,
    });
    const { user } = renderApp({ network, path: '/sign-in', signedIn: false });
    await user.click(await screen.findByRole('button', { name: 'Use my wallet' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Switch your wallet to baseSepolia (chain 31337)');
  });

  test('a refusal by the server is shown', async () => {
    network.failures = [{ call: 'signIn', error: new Error('the API cannot be reached') }];
    const { user } = renderApp({ network, path: '/sign-in', signedIn: false });
    await user.click(await screen.findByRole('button', { name: 'Create a development wallet' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Sign in failed. the API cannot be reached');
  });

  test('comes back to where it was asked for, never to another site', async () => {
    const { user, router } = renderApp({ network, path: '/earnings', signedIn: false });
    await user.click(await screen.findByRole('link', { name: 'Sign in' }));
    await user.click(await screen.findByRole('button', { name: 'Create a development wallet' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/earnings'));
  });
});
