import { useId } from 'react';
import { Address } from '../../../components/ui/address.tsx';
import { sentenceOf } from '../../../components/ui/fault.tsx';
import { Notice } from '../../../components/ui/notice.tsx';
import type { Earnings } from '../../../lib/client.ts';
import { formatMoney, isZero } from '../../../lib/money.ts';
import { strings } from '../../../lib/strings.ts';
import { isRejection } from '../../../lib/wallet/wallet.ts';
import { useWithdraw } from '../api/withdraw.ts';
import { OutcomeList } from './outcome-list.tsx';

const FIGURES = ['earned', 'pending', 'withdrawn', 'withdrawable'] as const;

interface EarningsCardProps {
  earnings: Earnings;
  title: string;
  promptsWallet: boolean;
}

export function EarningsCard({ earnings, title, promptsWallet }: EarningsCardProps) {
  const titleId = useId();
  const withdraw = useWithdraw(earnings.jobId);
  const nothing = isZero(earnings.withdrawable);
  return (
    <article className="card earnings" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      <dl className="figures">
        {FIGURES.map((name) => (
          <div key={name}>
            <dt>{strings.earnings[name]}</dt>
            <dd className="lead">{formatMoney(earnings[name])}</dd>
            <dd className="hint">{strings.earnings.hints[name]}</dd>
          </div>
        ))}
      </dl>
      <div className="stack">
        <p>
          <button
            type="button"
            className="primary"
            disabled={nothing || withdraw.isPending}
            onClick={() => withdraw.mutate()}
          >
            {withdraw.isPending
              ? strings.earnings.withdrawing
              : nothing
                ? strings.earnings.nothing
                : strings.earnings.withdraw(formatMoney(earnings.withdrawable))}
          </button>
        </p>
        {withdraw.isPending && promptsWallet ? <p role="status">{strings.earnings.withdrawWallet}</p> : null}
        {withdraw.isSuccess ? (
          <Notice tone="good">
            <p>
              {strings.earnings.withdrawDone}{' '}
              <Address value={withdraw.data.txHash} what={strings.earnings.historyColumns.tx} />
            </p>
          </Notice>
        ) : null}
        {withdraw.isError ? (
          <Notice tone="bad" urgent>
            <p>
              {isRejection(withdraw.error)
                ? strings.signIn.rejected
                : strings.earnings.withdrawFailed(sentenceOf(withdraw.error))}
            </p>
          </Notice>
        ) : null}
      </div>
      <OutcomeList outcomes={earnings.outcomes} />
    </article>
  );
}
