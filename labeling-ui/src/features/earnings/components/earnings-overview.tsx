import { Link } from 'react-router';
import { Fault } from '../../../components/ui/fault.tsx';
import { Loading } from '../../../components/ui/loading.tsx';
import { strings } from '../../../lib/strings.ts';
import { useEarnings } from '../api/get-earnings.ts';
import { EarningsCard } from './earnings-card.tsx';
import { WithdrawalList } from './withdrawal-list.tsx';

interface EarningsOverviewProps {
  titleOf(jobId: string): string;
  promptsWallet: boolean;
}

export function EarningsOverview({ titleOf, promptsWallet }: EarningsOverviewProps) {
  const earnings = useEarnings();
  if (earnings.isPending) return <Loading />;
  if (earnings.isError) return <Fault error={earnings.error} retry={() => void earnings.refetch()} />;
  return (
    <div className="stack">
      {earnings.data.length === 0 ? (
        <div className="empty">
          <p>{strings.earnings.empty}</p>
          <Link to="/">{strings.backToJobs}</Link>
        </div>
      ) : null}
      {earnings.data.map((entry) => (
        <EarningsCard key={entry.jobId} earnings={entry} title={titleOf(entry.jobId)} promptsWallet={promptsWallet} />
      ))}
      <WithdrawalList titleOf={titleOf} />
    </div>
  );
}
