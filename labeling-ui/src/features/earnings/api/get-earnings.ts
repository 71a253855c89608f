import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useEarnings() {
  const { client, account } = useSession();
  return useQuery({
    queryKey: queryKeys.earnings(account),
    queryFn: () => client.getEarnings(),
    enabled: account !== null,
    refetchInterval: 3_000,
  });
}
