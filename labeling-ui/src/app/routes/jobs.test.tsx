import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeJob } from '../../testing/factories.ts';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { renderApp } from '../../testing/render.tsx';

let network: MemoryNetwork;

beforeEach(() => {
  network = new MemoryNetwork();
});

describe('jobs', () => {
  test('anybody sees pay, time, hourly pay and escrow before signing in', async () => {
    network.jobs = [makeJob()];
    renderApp({ network, signedIn: false });
    const job = await screen.findByRole('article', { name: 'Handwritten digits' });
    expect(within(job).getByText('$0.05')).toBeVisible();
    expect(within(job).getByText('$30.00')).toBeVisible();
    expect(within(job).getByText('6 s per task')).toBeVisible();
    expect(within(job).getByText('$21.00')).toBeVisible();
    expect(await within(job).findByText(/of \$25.00 funded, read from the chain/)).toBeVisible();
    expect(within(job).getByText(/24 of 60 tasks resolved/)).toBeVisible();
    expect(within(job).getByRole('link', { name: 'Sign in to start' })).toBeVisible();
  });

  test('says when only the server vouches for the escrow', async () => {
    network.jobs = [makeJob()];
    network.failures = [1, 2].map(() => ({ call: 'getEscrow' as const, error: new Error('no chain') }));
    renderApp({ network, signedIn: false });
    expect(await screen.findByText(/as the server says/)).toBeVisible();
  });

  test('names who pays and who signs', async () => {
    const job = makeJob();
    network.jobs = [job];
    const { user } = renderApp({ network, signedIn: false });
    await user.click(await screen.findByText('Who stands behind it'));
    expect(screen.getByTitle(job.requester)).toBeVisible();
    expect(screen.getByTitle(job.signer)).toBeVisible();
    expect(screen.getByTitle(job.ruleHash)).toBeVisible();
  });

  test.each([
    ['NONE', 'link', 'Take the quiz (5 questions)'],
    ['QUALIFIED', 'link', 'Start labeling'],
  ] as const)('a signed-in labeler who is %s finds the next step', async (qualification, role, name) => {
    network.jobs = [makeJob({ qualification })];
    renderApp({ network });
    expect(await screen.findByRole(role, { name })).toBeVisible();
  });

  test('a failed and a waiting labeler read why there is no step', async () => {
    network.jobs = [makeJob({ qualification: 'FAILED' }), makeJob({ qualification: 'PASSED' })];
    renderApp({ network });
    expect(await screen.findByText('Quiz not passed.')).toBeVisible();
    expect(screen.getByText(/being listed on chain/)).toBeVisible();
  });

  test('a closed job is not offered', async () => {
    network.jobs = [makeJob({ state: 'CLOSED' })];
    renderApp({ network });
    expect(await screen.findByText('No open jobs right now.')).toBeVisible();
  });

  test('no job and no server are told apart', async () => {
    network.failures = [{ call: 'listJobs', error: new Error('the API cannot be reached') }];
    const { user } = renderApp({ network, signedIn: false });
    expect(await screen.findByRole('alert')).toHaveTextContent('the API cannot be reached');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('No open jobs right now.')).toBeVisible();
  });

  test('warns of a network with one operator, and only then', async () => {
    const warning = /One operator runs every key keeper/;
    const { unmount } = renderApp({ network, signedIn: false });
    expect(await screen.findByText(warning)).toBeVisible();
    unmount();
    renderApp({ network, signedIn: false, config: { singleOperator: false } });
    await screen.findByText('No open jobs right now.');
    expect(screen.queryByText(warning)).toBeNull();
  });

  test('warns of keepers that believe one chain provider, and only then', async () => {
    const warning = /believes one chain provider alone/;
    const { unmount } = renderApp({ network, signedIn: false, config: { singleRpc: true } });
    expect(await screen.findByText(warning)).toBeVisible();
    unmount();
    renderApp({ network, signedIn: false });
    await screen.findByText('No open jobs right now.');
    expect(screen.queryByText(warning)).toBeNull();
  });

  test('an unknown address says so', async () => {
    renderApp({ network, path: '/nowhere', signedIn: false });
    expect(await screen.findByRole('heading', { name: 'There is no page here.' })).toBeVisible();
  });
});
