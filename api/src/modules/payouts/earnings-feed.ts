import type { EarningsService, Statement } from './earnings.service.ts';

/** The labeler's statement on a job, again after each change. */
export async function* earningsFeed(
  earnings: EarningsService,
  jobId: string,
  labeler: string,
): AsyncGenerator<{ earningsChanged: Statement }> {
  for await (const _ of earnings.changes(jobId, labeler)) {
    yield { earningsChanged: await earnings.statement(jobId, labeler) };
  }
}
