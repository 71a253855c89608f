import { useQuery } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

/** From the escrow's own events. */
export function useWithdrawals() {
  const { client, account } = useSession();
  return useQuery({
    queryKey: queryKeys.withdrawals(account),
    queryFn: () => client.listWithdrawals(),
    enabled: account !== null,
    retry: 1,
  });
}
