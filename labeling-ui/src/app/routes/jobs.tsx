import { JobList } from '../../features/tasks/components/job-list.tsx';
import { useTitle } from '../../hooks/use-title.ts';
import { useSession } from '../../lib/session.ts';
import { strings } from '../../lib/strings.ts';

export function JobsRoute() {
  const { account } = useSession();
  const heading = useTitle(strings.jobs.title);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {strings.jobs.title}
      </h1>
      <p className="page-lead">{strings.jobs.lead}</p>
      <JobList account={account} />
    </>
  );
}
