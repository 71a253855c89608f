import { useMemo, useState } from 'react';
import { AnnotateScreen } from '../../features/annotate/components/annotate-screen.tsx';
import type { LabelingJob } from '../../lib/client.ts';
import { isAdjudicator } from '../../lib/client.ts';
import { formatMoney } from '../../lib/money.ts';
import type { Session } from '../../lib/session.ts';
import { strings } from '../../lib/strings.ts';
import { JobPage } from '../job-page.tsx';

export function AdjudicateRoute() {
  return (
    <JobPage title={(job) => (job ? strings.adjudicate.title(job.title) : strings.area)}>
      {(job, session) => <Bench key={session.account} session={session} job={job} />}
    </JobPage>
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
