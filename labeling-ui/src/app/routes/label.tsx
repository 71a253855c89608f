import { useState } from 'react';
import { Link, Navigate, useParams } from 'react-router';
import { Fault } from '../../components/ui/fault.tsx';
import { Loading } from '../../components/ui/loading.tsx';
import { AnnotateScreen } from '../../features/annotate/components/annotate-screen.tsx';
import { TermsCard } from '../../features/annotate/components/terms-card.tsx';
import { useEscrow } from '../../features/tasks/api/get-escrow.ts';
import { useJob } from '../../features/tasks/api/get-job.ts';
import { useTitle } from '../../hooks/use-title.ts';
import type { LabelingJob } from '../../lib/client.ts';
import type { Session } from '../../lib/session.ts';
import { strings } from '../../lib/strings.ts';
import { RequireAccount } from '../require-account.tsx';

export function LabelRoute() {
  const { jobId = '' } = useParams();
  const job = useJob(jobId);
  const title = job.data?.title ?? strings.area;
  const heading = useTitle(title);
  return (
    <>
      <p className="crumb">
        <Link to="/">{strings.backToJobs}</Link>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {job.isError ? <Fault error={job.error} retry={() => void job.refetch()} /> : null}
      {job.isPending ? <Loading /> : null}
      {job.data === null ? <p>{strings.notFound}</p> : null}
      {job.data == null ? null : (
        <RequireAccount>
          {(session) => <Bench key={session.account} session={session} job={job.data!} />}
        </RequireAccount>
      )}
    </>
  );
}

/** Terms first; work begins with a yes to them. */
function Bench({ session, job }: { session: Session & { account: string }; job: LabelingJob }) {
  const [agreed, setAgreed] = useState<LabelingJob | null>(null);
  const escrow = useEscrow(job.id);
  if (agreed !== null) return <AnnotateScreen client={session.client} account={session.account} job={agreed} />;
  if (job.qualification !== 'QUALIFIED') return <Navigate to={`/jobs/${job.id}/quiz`} replace />;
  return (
    <TermsCard
      job={job}
      escrow={escrow.data}
      promptsWallet={session.walletKind === 'injected'}
      onAccept={() => setAgreed(job)}
    />
  );
}
