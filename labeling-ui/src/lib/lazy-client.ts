import type { LabelingClient } from './client.ts';

/** Loads the real client with the first question, so that the page is drawn before keys and curves arrive. */
export function lazyClient(account: string | null, load: () => Promise<LabelingClient>): LabelingClient {
  let loading: Promise<LabelingClient> | null = null;
  const ready = (): Promise<LabelingClient> => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
  return {
    account,
    signIn: async () => (await ready()).signIn(),
    signOut: async () => (await ready()).signOut(),
    listJobs: async () => (await ready()).listJobs(),
    getJob: async (jobId) => (await ready()).getJob(jobId),
    getEscrow: async (jobId) => (await ready()).getEscrow(jobId),
    getQuiz: async (jobId) => (await ready()).getQuiz(jobId),
    submitQuiz: async (jobId, answers) => (await ready()).submitQuiz(jobId, answers),
    listLeased: async (jobId) => (await ready()).listLeased(jobId),
    openAssignment: async (id) => (await ready()).openAssignment(id),
    acceptAssignment: async (jobId) => (await ready()).acceptAssignment(jobId),
    submitAnnotation: async (id, value) => (await ready()).submitAnnotation(id, value),
    skipAssignment: async (id) => (await ready()).skipAssignment(id),
    reportAssignment: async (id, reason) => (await ready()).reportAssignment(id, reason),
    acceptAdjudication: async (jobId) => (await ready()).acceptAdjudication(jobId),
    appeal: async (id, text) => (await ready()).appeal(id, text),
    getEarnings: async () => (await ready()).getEarnings(),
    withdraw: async (jobId) => (await ready()).withdraw(jobId),
    listWithdrawals: async () => (await ready()).listWithdrawals(),
  };
}
