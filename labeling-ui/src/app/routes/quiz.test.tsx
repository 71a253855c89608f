import { screen } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeJob, makeQuizTask } from '../../testing/factories.ts';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { renderApp } from '../../testing/render.tsx';

const job = makeJob();
const path = `/jobs/${job.id}/quiz`;
let network: MemoryNetwork;

beforeEach(() => {
  network = new MemoryNetwork();
  network.jobs = [job];
  network.quiz = ['3', '1', '4', '1', '5'].map((answer, index) => ({ task: makeQuizTask(index), answer }));
});

describe('quiz', () => {
  test('is answered by keyboard, passed, and leads to the work once the chain lists the account', async () => {
    const { user } = renderApp({ network, path });
    expect(await screen.findByText('Question 1 of 5')).toBeVisible();
    expect(screen.getByRole('img', { name: 'The item to label' })).toBeVisible();
    await user.keyboard('31415');
    await user.click(await screen.findByRole('button', { name: 'Send answers' }));
    expect(await screen.findByText('Passed: 5 of 5 right')).toBeVisible();
    expect(screen.getByText(/\$0.02 for the quiz are credited/)).toBeVisible();
    expect(await screen.findByText(/being listed on chain/)).toBeVisible();
    network.qualify(job.id);
    expect(await screen.findByText('You are qualified.', {}, { timeout: 4_000 })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Start labeling' })).toHaveAttribute('href', `/jobs/${job.id}/label`);
  });

  test('an answer can be changed before it is sent', async () => {
    const { user } = renderApp({ network, path });
    await screen.findByText('Question 1 of 5');
    await user.keyboard('9{Backspace}');
    expect(await screen.findByText('Question 1 of 5 · You chose 9')).toBeVisible();
    expect(screen.getByRole('button', { name: '9' })).toHaveAttribute('aria-pressed', 'true');
    await user.click(screen.getByRole('button', { name: '3' }));
    await user.keyboard('1415');
    await user.click(await screen.findByRole('button', { name: 'Send answers' }));
    expect(await screen.findByText('Passed: 5 of 5 right')).toBeVisible();
  });

  test('a failed quiz says how many were right', async () => {
    const { user } = renderApp({ network, path });
    await screen.findByText('Question 1 of 5');
    await user.keyboard('00000');
    await user.click(await screen.findByRole('button', { name: 'Send answers' }));
    expect(await screen.findByText('Not passed: 0 of 5 right')).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Start labeling' })).toBeNull();
  });

  test('asks for a sign in first', async () => {
    renderApp({ network, path, signedIn: false });
    expect(await screen.findByText(/Sign in first/)).toBeVisible();
    expect(screen.queryByText('Question 1 of 5')).toBeNull();
  });

  test('an unknown job says so', async () => {
    renderApp({ network, path: '/jobs/0xdead/quiz' });
    expect(await screen.findByText('There is no page here.')).toBeVisible();
  });
});
