import { taskId } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { OpenLabels } from '../contributions/open-labels.ts';
import { JobEntity } from './job.entity.ts';
import { LabelItems } from './label-items.ts';
import { TaskEntity } from './task.entity.ts';

const FILL_EVERY_MS = 3_000;
const CHUNK = 1_000;

/** Turns the labelable items of a dataset into tasks of its open jobs, and takes those back that may no longer be opened. */
@Injectable()
export class TaskService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(LabelItems) private readonly items: LabelItems,
    @Inject(OpenLabels) private readonly openLabels: OpenLabels,
  ) {}

  onModuleInit(): void {
    this.openLabels.use((manager, ids) => this.undecided(manager, ids));
    this.registry.every('labeling.fill', FILL_EVERY_MS, () => this.fillOpenJobs());
  }

  /** New items become tasks; returns how many. */
  async fill(manager: EntityManager, jobId: string): Promise<number> {
    const job = await manager.findOneByOrFail(JobEntity, { id: jobId });
    const found = await this.items.withoutTask(manager, job.datasetId, jobId);
    for (let i = 0; i < found.length; i += CHUNK) {
      const rows = found.slice(i, i + CHUNK).map((contributionId) => ({
        id: taskId({ jobId, contributionId }),
        jobId,
        contributionId,
        overlap: job.overlapMin,
      }));
      await manager.createQueryBuilder().insert().into(TaskEntity).values(rows).orIgnore().execute();
    }
    return found.length;
  }

  private async undecided(manager: EntityManager, contributionIds: string[]): Promise<Set<string>> {
    const rows: { id: string }[] = await manager.query(
      `SELECT DISTINCT contribution_id AS id FROM labeling_task
       WHERE contribution_id = ANY ($1) AND state IN ('OPEN', 'ADJUDICATION')`,
      [contributionIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async fillOpenJobs(): Promise<void> {
    const open = await this.source.manager.find(JobEntity, { where: { state: 'OPEN' }, select: { id: true } });
    for (const { id } of open) {
      await this.source.transaction(async (manager) => {
        await this.fill(manager, id);
        await this.takeBack(manager, id);
      });
    }
  }

  /** Withdrawn items: nobody new gets them; the next settlement pays what was done. */
  private async takeBack(manager: EntityManager, jobId: string): Promise<void> {
    const gone = await this.items.openTasksWithoutKey(manager, jobId);
    if (gone.length === 0) return;
    await manager.query(
      `UPDATE labeling_task SET state = 'CANCELLED', reason = 'ITEM_WITHDRAWN', resolved_at = now()
       WHERE id = ANY ($1) AND state IN ('OPEN', 'ADJUDICATION')`,
      [gone],
    );
    await manager.query('UPDATE labeling_job SET news = news + 1 WHERE id = $1', [jobId]);
  }
}
