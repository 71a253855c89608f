import { useMutation, useQueryClient } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useWithdraw(jobId: string) {
  const { client, account } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => client.withdraw(jobId),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: queryKeys.earnings(account) }),
        queries.invalidateQueries({ queryKey: queryKeys.withdrawals(account) }),
        queries.invalidateQueries({ queryKey: queryKeys.escrow(jobId) }),
      ]),
  });
}
