import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';
import { Fault } from '../../components/ui/fault.tsx';
import { Loading } from '../../components/ui/loading.tsx';
import { AnnotateScreen } from '../../features/annotate/components/annotate-screen.tsx';
import { useJob } from '../../features/tasks/api/get-job.ts';
import { useTitle } from '../../hooks/use-title.ts';
import type { LabelingJob } from '../../lib/client.ts';
import { isAdjudicator } from '../../lib/client.ts';
import { formatMoney } from '../../lib/money.ts';
import type { Session } from '../../lib/session.ts';
import { strings } from '../../lib/strings.ts';
import { RequireAccount } from '../require-account.tsx';

export function AdjudicateRoute() {
  const { jobId = '' } = useParams();
  const job = useJob(jobId);
  const title = job.data ? strings.adjudicate.title(job.data.title) : strings.area;
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

/** The same bench as for labels; only where the next item comes from and what it pays is different. */
function Bench({ session, job }: { session: Session & { account: string }; job: LabelingJob }) {
  const [agreed, setAgreed] = useState<LabelingJob | null>(null);
  const client = useMemo(
    () => ({
      ...session.client,
      acceptAssignment: (jobId: string) => session.client.acceptAdjudication(jobId),
    }),
    [session.client],
  );
  if (!isAdjudicator(job, session.account)) return <p>{strings.adjudicate.notAppointed}</p>;
  if (agreed !== null) return <AnnotateScreen client={client} account={session.account} job={agreed} />;
  const pay = formatMoney(job.adjudicationPrice);
  return (
    <section className="card terms">
      <p className="prose">{strings.adjudicate.lead}</p>
      <p className="prose">{job.instructions}</p>
      <button
        type="button"
        className="primary large"
        onClick={() => setAgreed({ ...job, price: job.adjudicationPrice })}
      >
        {strings.adjudicate.accept} · {pay}
      </button>
    </section>
  );
}
