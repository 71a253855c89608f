import type { EntityManager } from 'typeorm';

/** The next free number of a job; the caller holds the job's row. */
export async function nextWorkerNumber(manager: EntityManager, jobId: string): Promise<number> {
  const [row]: { worker: number }[] = await manager.query(
    'SELECT coalesce(max(worker), 0)::int + 1 AS worker FROM qualification WHERE job_id = $1',
    [jobId],
  );
  return row!.worker;
}
