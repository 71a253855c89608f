import { Fault } from '../../../components/ui/fault.tsx';
import { Loading } from '../../../components/ui/loading.tsx';
import { strings } from '../../../lib/strings.ts';
import { useJobs } from '../api/list-jobs.ts';
import { JobCard } from './job-card.tsx';

export function JobList({ account }: { account: string | null }) {
  const jobs = useJobs();
  if (jobs.isPending) return <Loading />;
  if (jobs.isError) return <Fault error={jobs.error} retry={() => void jobs.refetch()} />;
  const open = jobs.data.filter((job) => job.state === 'OPEN');
  if (open.length === 0) {
    return (
      <div className="empty">
        <p>{strings.jobs.empty}</p>
        <p className="hint">{strings.jobs.emptyHint}</p>
      </div>
    );
  }
  return (
    <div className="stack">
      {open.map((job) => (
        <JobCard key={job.id} job={job} account={account} />
      ))}
    </div>
  );
}
