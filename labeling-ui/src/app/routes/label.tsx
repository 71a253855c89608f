import { useState } from 'react';
import { Navigate } from 'react-router';
import { AnnotateScreen } from '../../features/annotate/components/annotate-screen.tsx';
import { TermsCard } from '../../features/annotate/components/terms-card.tsx';
import { useEscrow } from '../../features/tasks/api/get-escrow.ts';
import type { LabelingJob } from '../../lib/client.ts';
import type { Session } from '../../lib/session.ts';
import { strings } from '../../lib/strings.ts';
import { JobPage } from '../job-page.tsx';

export function LabelRoute() {
  return (
    <JobPage title={(job) => job?.title ?? strings.area}>
      {(job, session) => <Bench key={session.account} session={session} job={job} />}
    </JobPage>
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
