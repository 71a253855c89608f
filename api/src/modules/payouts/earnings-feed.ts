import { flatMap } from '../../common/flat-map.ts';
import type { EarningsService, Statement } from './earnings.service.ts';

/** The labeler's statement on a job, again after each change. */
export function earningsFeed(
  earnings: EarningsService,
  jobId: string,
  labeler: string,
): AsyncIterableIterator<{ earningsChanged: Statement }> {
  return flatMap(earnings.changes(jobId, labeler), async () => [
    { earningsChanged: await earnings.statement(jobId, labeler) },
  ]);
}
