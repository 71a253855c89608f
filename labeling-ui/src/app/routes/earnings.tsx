import { EarningsOverview } from '../../features/earnings/components/earnings-overview.tsx';
import { useJobs } from '../../features/tasks/api/list-jobs.ts';
import { useTitle } from '../../hooks/use-title.ts';
import { shorten } from '../../lib/address.ts';
import { strings } from '../../lib/strings.ts';
import { RequireAccount } from '../require-account.tsx';

export function EarningsRoute() {
  const heading = useTitle(strings.earnings.title);
  const jobs = useJobs();
  const titleOf = (jobId: string) => jobs.data?.find((job) => job.id === jobId)?.title ?? shorten(jobId);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {strings.earnings.title}
      </h1>
      <p className="page-lead">{strings.earnings.lead}</p>
      <RequireAccount>
        {(session) => <EarningsOverview titleOf={titleOf} promptsWallet={session.walletKind === 'injected'} />}
      </RequireAccount>
    </>
  );
}
