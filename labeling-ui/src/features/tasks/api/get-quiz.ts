import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useQuiz(jobId: string, enabled: boolean) {
  const { client, account } = useSession();
  return useQuery({
    queryKey: queryKeys.quiz(account, jobId),
    queryFn: () => client.getQuiz(jobId),
    enabled,
    staleTime: Infinity,
  });
}
