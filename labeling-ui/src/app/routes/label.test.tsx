import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { RefusedError } from '../../lib/client.ts';
import { makeAssignment, makeJob } from '../../testing/factories.ts';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { renderApp } from '../../testing/render.tsx';

const job = makeJob({ qualification: 'QUALIFIED' });
const path = `/jobs/${job.id}/label`;
let network: MemoryNetwork;

beforeEach(() => {
  network = new MemoryNetwork();
  network.jobs = [job];
  network.tasks = ['a', 'b', 'c'].map((id) => makeAssignment({ id }));
});

async function accept() {
  const app = renderApp({ network, path });
  await app.user.click(await screen.findByRole('button', { name: /Take a task/ }));
  await screen.findByRole('img', { name: 'The item to label' });
  return app;
}

describe('label', () => {
  test('shows every term before a task is taken', async () => {
    renderApp({ network, path });
    const terms = await screen.findByRole('region', { name: 'Before you accept' });
    expect(within(terms).getByText('$0.05')).toBeVisible();
    expect(within(terms).getByText('$30.00')).toBeVisible();
    expect(within(terms).getByText('$21.00')).toBeVisible();
    expect(within(terms).getByText(/Every refusal names its reason/)).toBeVisible();
    expect(within(terms).getByText(/They never count against you/)).toBeVisible();
    expect(within(terms).getByTitle(job.signer)).toBeVisible();
    expect(network.leased.size).toBe(0);
  });

  test('labels by keyboard: the next item is there at once, the answer is sent after the undo time', async () => {
    const { user } = await accept();
    await user.keyboard('7');
    expect(await screen.findByText('7 chosen. Press u to undo.')).toBeVisible();
    expect(screen.getByText('can be undone')).toBeVisible();
    expect(network.sent).toEqual([]);
    await waitFor(() => expect(network.sent).toEqual([{ assignmentId: 'a', value: '7' }]), { timeout: 4_000 });
    expect(await screen.findByText('1 label')).toBeVisible();
  });

  test('u takes the answer back', async () => {
    const { user } = await accept();
    await user.keyboard('7u');
    expect(await screen.findByText('Undone. The item is back.')).toBeVisible();
    await user.keyboard('3{Enter}');
    await waitFor(() => expect(network.sent).toEqual([{ assignmentId: 'a', value: '3' }]));
  });

  test('the buttons do the same as the keys', async () => {
    const { user } = await accept();
    await user.click(screen.getByRole('button', { name: '5' }));
    await user.click(screen.getByRole('button', { name: /Skip/ }));
    await user.click(screen.getByRole('button', { name: /Report/ }));
    const dialog = await screen.findByRole('dialog', { name: 'What is wrong with this item?' });
    await user.click(within(dialog).getByRole('button', { name: /Blank or unreadable/ }));
    await user.click(screen.getByRole('button', { name: /Send now/ }));
    await waitFor(() => expect(network.reported).toEqual([{ assignmentId: 'c', reason: 'UNREADABLE' }]));
    expect(network.sent).toEqual([{ assignmentId: 'a', value: '5' }]);
    expect(network.skipped).toEqual(['b']);
  });

  test('? lists the shortcuts', async () => {
    const { user } = await accept();
    await user.keyboard('?');
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(within(dialog).getByText('skip, without penalty')).toBeVisible();
    await user.click(within(dialog).getByRole('button', { name: /Close/ }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('pay, time left and the date of automatic approval stand beside the item', async () => {
    await accept();
    expect(screen.getByText('Pays').nextSibling).toHaveTextContent('$0.05');
    expect(screen.getByRole('timer')).toHaveTextContent(/^[45]:\d\d$/);
    expect(screen.getByText(/Counts as right if no verdict comes by/)).toBeVisible();
  });

  test('says when nothing is left', async () => {
    network.tasks = [];
    const { user } = renderApp({ network, path });
    await user.click(await screen.findByRole('button', { name: /Take a task/ }));
    expect(await screen.findByText('Nothing left for you in this job')).toBeVisible();
    expect(screen.getByRole('link', { name: 'See earnings' })).toBeVisible();
  });

  test('explains why no task is given', async () => {
    network.failures = [{ call: 'acceptAssignment', error: new RefusedError('ESCROW_EXHAUSTED', 'empty') }];
    const { user } = renderApp({ network, path });
    await user.click(await screen.findByRole('button', { name: /Take a task/ }));
    expect(await screen.findByText(/so that nobody works unpaid/)).toBeVisible();
  });

  test('asks again when a lease pays less', async () => {
    network.tasks = [makeAssignment({ price: '40000' })];
    const { user } = renderApp({ network, path });
    await user.click(await screen.findByRole('button', { name: /Take a task/ }));
    expect(await screen.findByText('You agreed to $0.05 per label. The next lease pays $0.04.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Continue at $0.04' }));
    expect(await screen.findByRole('img', { name: 'The item to label' })).toBeVisible();
  });

  test('shows text as text, and what it cannot show as such', async () => {
    const html = '<img src=x onerror=alert(1)>';
    network.tasks = [
      makeAssignment({
        id: 't',
        mediaType: 'text/plain',
        labels: ['spam', 'fine'],
        bytes: new TextEncoder().encode(html),
      }),
      makeAssignment({ id: 'v', mediaType: 'image/svg+xml', bytes: new TextEncoder().encode('<svg/>') }),
      makeAssignment({ id: 'w', bytes: new Uint8Array(3) }),
    ];
    const { user } = renderApp({ network, path });
    await user.click(await screen.findByRole('button', { name: /Take a task/ }));
    expect(await screen.findByLabelText('Text to label')).toHaveTextContent(html);
    await user.click(screen.getByRole('button', { name: /spam/ }));
    expect(await screen.findByText(/cannot be shown here \(image\/svg\+xml\)/)).toBeVisible();
    await user.keyboard('s');
    expect(await screen.findByText(/its bytes do not fit its type/)).toBeVisible();
  });

  test('who is not qualified is led to the quiz', async () => {
    network.jobs = [makeJob({ id: job.id, qualification: 'NONE' })];
    const { router } = renderApp({ network, path });
    await waitFor(() => expect(router.state.location.pathname).toBe(`/jobs/${job.id}/quiz`));
  });
});
