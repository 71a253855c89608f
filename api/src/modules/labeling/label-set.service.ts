import { jsonSha256 } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { LabelSets } from '../datasets/label-set.provider.ts';
import type { LabelSet, LabelSetProvider } from '../datasets/label-set.provider.ts';
import { finalLabels } from './final-labels.ts';
import { SEAL_LABEL_SET } from './label-set.job.ts';
import { scorerHash } from './rules.ts';

const SEAL_TIMEOUT_MS = 60_000;

/** What labeling knows about one intake when its version is made. */
@Injectable()
export class LabelSetService implements LabelSetProvider, OnModuleInit {
  constructor(
    @Inject(LabelSets) private readonly labelSets: LabelSets,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  onModuleInit(): void {
    this.labelSets.use(this);
  }

  async labelSetOf(datasetId: string, intake: number, manager: EntityManager): Promise<LabelSet> {
    const jobs: { job_id: string }[] = await manager.query(
      `SELECT t.job_id FROM labeling_task t JOIN contribution c ON c.id = t.contribution_id
       WHERE c.dataset_id = $1 AND c.intake = $2 AND t.state = 'RESOLVED'
       GROUP BY t.job_id ORDER BY count(*) DESC, t.job_id`,
      [datasetId, intake],
    );
    const verdicts = await this.verdicts(manager, datasetId, intake);
    if (!jobs[0]) return { verdicts, labelers: [], scorerHash: verdicts.size > 0 ? scorerHash() : 'none', item: null };
    return {
      verdicts,
      labelers: await this.labelers(manager, datasetId, intake),
      scorerHash: scorerHash(),
      item: await this.item(manager, datasetId, intake, jobs[0].job_id),
    };
  }

  /** An item is pending while one of its tasks is open in a job that still runs or has unsettled work. */
  private async verdicts(manager: EntityManager, datasetId: string, intake: number): Promise<LabelSet['verdicts']> {
    const rows: { id: string; pending: boolean; resolved: boolean; rejected: boolean }[] = await manager.query(
      `SELECT c.id, bool_or(t.state IN ('OPEN', 'ADJUDICATION')) AS pending, bool_or(t.state = 'RESOLVED') AS resolved,
         bool_or(t.state = 'UNRESOLVED' OR t.reason = 'REPORTED') AS rejected
       FROM contribution c JOIN labeling_task t ON t.contribution_id = c.id
       WHERE c.dataset_id = $1 AND c.intake = $2 GROUP BY c.id`,
      [datasetId, intake],
    );
    const named = rows.flatMap(({ id, pending, resolved, rejected }) => {
      const verdict = resolved ? 'VALIDATED' : rejected ? 'REJECTED' : pending ? 'PENDING' : null;
      return verdict ? [[id, verdict] as const] : [];
    });
    return new Map(named);
  }

  /** A labeler's weight is the number of validated labels on the items of the intake. */
  private async labelers(manager: EntityManager, datasetId: string, intake: number): Promise<LabelSet['labelers']> {
    const rows: { labeler: string; labels: string }[] = await manager.query(
      `SELECT a.labeler, count(*) AS labels FROM annotation a
       JOIN labeling_task t ON t.id = a.task_id JOIN contribution c ON c.id = t.contribution_id
       WHERE c.dataset_id = $1 AND c.intake = $2 AND t.state = 'RESOLVED' AND a.verdict = 'PAID' AND a.value = t.label
       GROUP BY a.labeler ORDER BY a.labeler`,
      [datasetId, intake],
    );
    return rows.map(({ labeler, labels }) => ({ account: labeler, weight: BigInt(labels) }));
  }

  /** The same labels give the same sealed set, however often a version is prepared. */
  private async item(manager: EntityManager, datasetId: string, version: number, jobId: string) {
    const labels = await finalLabels(manager, jobId, version);
    const key = `${jobId}:${version}:${jsonSha256(labels)}`;
    return this.outbox.call<LabelSet['item']>(SEAL_LABEL_SET, key, { datasetId, version, jobId }, SEAL_TIMEOUT_MS);
  }
}
