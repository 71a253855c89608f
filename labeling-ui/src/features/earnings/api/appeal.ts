import { useMutation, useQueryClient } from '@tanstack/react-query';
import { queryKeys } from '../../../lib/query.ts';
import { useSession } from '../../../lib/session.ts';

export function useAppeal(assignmentId: string) {
  const { client, account } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => client.appeal(assignmentId, text),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.earnings(account) }),
  });
}
