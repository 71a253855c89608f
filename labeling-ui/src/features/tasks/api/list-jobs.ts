import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useJobs() {
  const { client, account } = useSession();
  return useQuery({
    queryKey: queryKeys.jobs(account),
    queryFn: () => client.listJobs(),
    refetchInterval: (query) => (query.state.data?.some((job) => job.qualification === 'PASSED') ? 1_500 : 15_000),
  });
}
