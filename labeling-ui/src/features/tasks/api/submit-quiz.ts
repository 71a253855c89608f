import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSession } from '../../../lib/session.ts';

export function useSubmitQuiz(jobId: string) {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (answers: string[]) => client.submitQuiz(jobId, answers),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
