import { Link, useParams } from 'react-router';
import { Fault } from '../../components/ui/fault.tsx';
import { Loading } from '../../components/ui/loading.tsx';
import { useJob } from '../../features/tasks/api/get-job.ts';
import { Quiz } from '../../features/tasks/components/quiz.tsx';
import { useTitle } from '../../hooks/use-title.ts';
import { strings } from '../../lib/strings.ts';
import { RequireAccount } from '../require-account.tsx';

export function QuizRoute() {
  const { jobId = '' } = useParams();
  const job = useJob(jobId);
  const heading = useTitle(strings.quiz.title(job.data?.title ?? ''));
  return (
    <>
      <p className="crumb">
        <Link to="/">{strings.backToJobs}</Link>
      </p>
      <h1 ref={heading} tabIndex={-1}>
        {strings.quiz.title(job.data?.title ?? '')}
      </h1>
      {job.isError ? <Fault error={job.error} retry={() => void job.refetch()} /> : null}
      {job.isPending ? <Loading /> : null}
      {job.data === null ? <p>{strings.notFound}</p> : null}
      {job.data == null ? null : <RequireAccount>{() => <Quiz job={job.data!} />}</RequireAccount>}
    </>
  );
}
