import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeEarnings, makeJob, makeOutcome } from '../../testing/factories.ts';
import { MemoryNetwork } from '../../testing/handlers/memory-client.ts';
import { renderApp } from '../../testing/render.tsx';

const job = makeJob();
let network: MemoryNetwork;

beforeEach(() => {
  network = new MemoryNetwork();
  network.jobs = [job];
  network.earnings = [
    makeEarnings({
      jobId: job.id,
      outcomes: [
        makeOutcome({ value: '3' }),
        makeOutcome({
          value: '8',
          verdict: 'REFUSED',
          reason: 'CONTRADICTED by 3, p=.99 without you',
          pay: '0',
          appealUntil: new Date(Date.now() + 86_400_000).toISOString(),
          evidence: { withoutYou: 0.004, othersSay: '4', othersPosterior: 0.993, others: 3, contradictedBy: 3 },
        }),
        makeOutcome({ value: '5', verdict: 'PENDING', reason: 'PENDING', pay: '0', evidence: null }),
      ],
    }),
  ];
});

describe('earnings', () => {
  test('shows what is earned, pending, withdrawn and withdrawable', async () => {
    renderApp({ network, path: '/earnings' });
    const card = await screen.findByRole('article', { name: 'Handwritten digits' });
    for (const [name, amount] of [
      ['Earned', '$0.15'],
      ['Pending', '$0.05'],
      ['Withdrawn', '$0.05'],
      ['Withdrawable now', '$0.10'],
    ]) {
      expect(within(card).getByText(name!, { selector: 'dt' }).nextSibling).toHaveTextContent(amount!);
    }
  });

  test('explains a refusal in words, with its figures and its code', async () => {
    const { user } = renderApp({ network, path: '/earnings' });
    const row = (await screen.findByRole('cell', { name: '8' })).closest('tr')!;
    expect(within(row).getByText('Not paid')).toBeVisible();
    expect(within(row).getByText(/make yours very unlikely/)).toBeVisible();
    await user.click(within(row).getByText('Evidence'));
    expect(within(row).getByText('3 other labelers answered, 3 of them chose another label than you.')).toBeVisible();
    expect(within(row).getByText('CONTRADICTED by 3, p=.99 without you')).toBeVisible();
  });

  test('takes an appeal against a refusal and shows what it waits for and how long', async () => {
    const { user } = renderApp({ network, path: '/earnings' });
    const row = (await screen.findByRole('cell', { name: '8' })).closest('tr')!;
    await user.click(within(row).getByRole('button', { name: 'Appeal' }));
    expect(within(row).getByRole('button', { name: 'Send appeal' })).toBeDisabled();
    await user.type(within(row).getByLabelText('Why is your answer right?'), 'The loop is closed');
    await user.click(within(row).getByRole('button', { name: 'Send appeal' }));
    expect(await within(row).findByText('Appeal open')).toBeVisible();
    expect(within(row).getByText('Answered within 3 days, or you are paid.')).toBeVisible();
    expect(within(row).getByText('You wrote: The loop is closed')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Appeal' })).toBeNull();
  });

  test('says why an appeal was not taken', async () => {
    network.failures = [{ call: 'appeal', error: new Error('the time for an appeal is over') }];
    const { user } = renderApp({ network, path: '/earnings' });
    await user.click(await screen.findByRole('button', { name: 'Appeal' }));
    await user.type(screen.getByLabelText('Why is your answer right?'), 'x');
    await user.click(screen.getByRole('button', { name: 'Send appeal' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('the time for an appeal is over');
  });

  test('filters by verdict', async () => {
    const { user } = renderApp({ network, path: '/earnings' });
    await user.click(await screen.findByRole('button', { name: /^Pending/ }));
    expect(screen.getAllByRole('row')).toHaveLength(2);
    expect(screen.getByText('The other labelers of this task have not finished yet.')).toBeVisible();
  });

  test('withdraws and shows the transaction', async () => {
    const { user } = renderApp({ network, path: '/earnings' });
    await user.click(await screen.findByRole('button', { name: 'Withdraw $0.10' }));
    expect(await screen.findByText(/Withdrawn. Transaction/)).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Nothing to withdraw yet' })).toBeDisabled();
    const list = screen.getByRole('region', { name: 'Withdrawals' });
    await waitFor(() => expect(within(list).getByTitle(network.withdrawals[0]!.txHash)).toBeVisible());
    expect(within(list).getByText('$0.10')).toBeVisible();
  });

  test('a failed withdrawal says that nothing moved', async () => {
    network.failures = [{ call: 'withdraw', error: new Error('the account cannot pay the gas') }];
    const { user } = renderApp({ network, path: '/earnings' });
    await user.click(await screen.findByRole('button', { name: 'Withdraw $0.10' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('nothing moved. the account cannot pay the gas');
    expect(screen.getByRole('button', { name: 'Withdraw $0.10' })).toBeEnabled();
  });

  test('declining in the wallet is told as that', async () => {
    network.failures = [{ call: 'withdraw', error: Object.assign(new Error('no'), { code: 'ACTION_REJECTED' }) }];
    const { user } = renderApp({ network, path: '/earnings' });
    await user.click(await screen.findByRole('button', { name: 'Withdraw $0.10' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('You declined to sign. Nothing happened.');
  });

  test('without any answer there is a way to the jobs', async () => {
    network.earnings = [];
    renderApp({ network, path: '/earnings' });
    expect(await screen.findByText('Nothing earned yet.')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Back to jobs' })).toBeVisible();
  });

  test('asks for a sign in', async () => {
    renderApp({ network, path: '/earnings', signedIn: false });
    expect(await screen.findByText(/Sign in first/)).toBeVisible();
  });
});
