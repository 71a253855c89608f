import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

/** Asked of the chain, so that the server cannot promise money that is not there. */
export function useEscrow(jobId: string) {
  const { client } = useSession();
  return useQuery({
    queryKey: queryKeys.escrow(jobId),
    queryFn: () => client.getEscrow(jobId),
    staleTime: 15_000,
    retry: 1,
  });
}
