import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, Not } from 'typeorm';
import type { Qualification } from '../../common/graphql/schema.generated.ts';
import { QualificationEntity } from './qualification.entity.ts';
import { TaskEntity } from './task.entity.ts';

/** Counted fields of a job. */
@Injectable()
export class JobStats {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  taskCount(jobId: string): Promise<number> {
    return this.source.manager.countBy(TaskEntity, { jobId });
  }

  /** Decided tasks, whatever the decision. */
  resolvedCount(jobId: string): Promise<number> {
    return this.source.manager.countBy(TaskEntity, { jobId, state: Not(In(['OPEN', 'ADJUDICATION'])) });
  }

  async qualification(jobId: string, labeler: string | null): Promise<Qualification | null> {
    if (!labeler) return null;
    return (await this.source.manager.findOneBy(QualificationEntity, { jobId, labeler }))?.state ?? 'NONE';
  }
}
