import { QueryClient } from '@tanstack/react-query';
import { isRefused } from './client.ts';

/** A refusal is an answer and is not asked again; a fault is retried twice. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => !isRefused(error) && failures < 2,
        staleTime: 5_000,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}

/** Keys of everything that is cached; the account is part of each because answers depend on who asks. */
export const queryKeys = {
  jobs: (account: string | null) => ['jobs', account] as const,
  job: (account: string | null, jobId: string) => ['jobs', account, jobId] as const,
  escrow: (jobId: string) => ['escrow', jobId] as const,
  quiz: (account: string | null, jobId: string) => ['quiz', account, jobId] as const,
  earnings: (account: string | null) => ['earnings', account] as const,
  withdrawals: (account: string | null) => ['withdrawals', account] as const,
};
