import { useQuery } from '@tanstack/react-query';
import { isZero } from '../../../lib/money.ts';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useEarnings() {
  const { client, account } = useSession();
  return useQuery({
    queryKey: queryKeys.earnings(account),
    queryFn: () => client.getEarnings(),
    enabled: account !== null,
    refetchInterval: ({ state }) => (state.data?.some(({ pending }) => !isZero(pending)) ? 3_000 : 15_000),
  });
}
