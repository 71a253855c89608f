import type { ReactNode } from 'react';
import { Link, useParams } from 'react-router';
import { Fault } from '../components/ui/fault.tsx';
import { Loading } from '../components/ui/loading.tsx';
import { useJob } from '../features/tasks/api/get-job.ts';
import { useTitle } from '../hooks/use-title.ts';
import type { LabelingJob } from '../lib/client.ts';
import { strings } from '../lib/strings.ts';
import { RequireAccount } from './require-account.tsx';

/** The page of the job that the address names, for an account: crumb, title, and what `children` make of the job. */
export function JobPage({
  title,
  children,
}: {
  /** Called without a job until it is there. */
  title: (job: LabelingJob | undefined) => string;
  children: (job: LabelingJob, session: Parameters<Parameters<typeof RequireAccount>[0]['children']>[0]) => ReactNode;
}) {
  const { jobId = '' } = useParams();
  const job = useJob(jobId);
  const heading = title(job.data ?? undefined);
  const ref = useTitle(heading);
  return (
    <>
      <p className="crumb">
        <Link to="/">{strings.backToJobs}</Link>
      </p>
      <h1 ref={ref} tabIndex={-1}>
        {heading}
      </h1>
      {job.isError ? <Fault error={job.error} retry={() => void job.refetch()} /> : null}
      {job.isPending ? <Loading /> : null}
      {job.data === null ? <p>{strings.notFound}</p> : null}
      {job.data == null ? null : <RequireAccount>{(session) => children(job.data!, session)}</RequireAccount>}
    </>
  );
}
