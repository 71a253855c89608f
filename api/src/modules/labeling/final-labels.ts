import type { EntityManager } from 'typeorm';

/** One line of a label set. */
export interface FinalLabel {
  contributionId: string;
  label: string;
  /** Six decimals. */
  posterior: number;
}

/** The resolved labels of one job for the items of one intake, sorted by contribution. */
export async function finalLabels(manager: EntityManager, jobId: string, intake: number): Promise<FinalLabel[]> {
  const rows: { contribution_id: string; label: string; posterior: number }[] = await manager.query(
    `SELECT t.contribution_id, t.label, t.posterior FROM labeling_task t JOIN contribution c ON c.id = t.contribution_id
     WHERE t.job_id = $1 AND t.state = 'RESOLVED' AND c.intake = $2 AND c.state IN ('VALIDATED', 'IN_VERSION')
     ORDER BY t.contribution_id COLLATE "C"`,
    [jobId, intake],
  );
  return rows.map(({ contribution_id, label, posterior }) => ({
    contributionId: contribution_id,
    label,
    posterior: Math.round(posterior * 1e6) / 1e6,
  }));
}
