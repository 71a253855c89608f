import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useJob(jobId: string) {
  const { client, account } = useSession();
  return useQuery({
    queryKey: queryKeys.job(account, jobId),
    queryFn: () => client.getJob(jobId),
    refetchInterval: (query) => (query.state.data?.qualification === 'PASSED' ? 1_500 : 30_000),
  });
}
