import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeAssignment, makeJob } from '../../testing/factories.ts';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { ACCOUNT, renderApp } from '../../testing/render.tsx';

let network: MemoryNetwork;

describe('adjudicate', () => {
  beforeEach(() => {
    network = new MemoryNetwork();
  });

  test('leads an adjudicator from the job to items without votes, at the price of a decision', async () => {
    const job = makeJob({ qualification: 'QUALIFIED', adjudicators: [{ account: ACCOUNT, state: 'ACTIVE' }] });
    network.jobs = [job];
    network.disputes = [makeAssignment({ jobId: job.id, price: '150000' })];
    network.tasks = [makeAssignment({ jobId: job.id })];
    const { user } = renderApp({ network, path: '/' });
    await user.click(await screen.findByRole('link', { name: 'Decide disputes · $0.15 each' }));
    await user.click(await screen.findByRole('button', { name: 'Take a decision · $0.15' }));
    await user.keyboard('7');
    await user.click(await screen.findByRole('button', { name: /^7/ }));
    await user.click(await screen.findByRole('button', { name: /Send now/ }));
    await waitFor(() => expect(network.sent).toHaveLength(1));
    expect(network.tasks).toHaveLength(1);
  });

  test('lets nobody else in', async () => {
    network.jobs = [makeJob({ qualification: 'QUALIFIED' })];
    renderApp({ network, path: `/jobs/${network.jobs[0]!.id}/adjudicate` });
    expect(await screen.findByText('This account is no adjudicator of this job.')).toBeVisible();
  });
});
