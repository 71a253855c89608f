import { jsonKeccak } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Skill } from './consensus/skill.ts';
import { skillOf } from './consensus/skill.ts';

/** Skill of one account at one kind of task. */
export interface TypedSkill extends Skill {
  readonly taskType: string;
  readonly labels: readonly string[];
  readonly judged: number;
}

/**
 * Skill over all jobs with the same labels. It is worked out from the verdicts as they stand, so an upheld appeal or a
 * retired known item repairs it by itself.
 */
@Injectable()
export class SkillService {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async skillsOf(labeler: string, now: number = Math.floor(Date.now() / 1000)): Promise<TypedSkill[]> {
    const rows: { labels: string[]; at: string; right: boolean }[] = await this.source.query(
      `SELECT j.labels, n.received_at AS at, n.verdict = 'PAID' AS right
       FROM annotation n JOIN labeling_job j ON j.id = n.job_id
       WHERE n.labeler = $1 AND n.kind <> 'ADJUDICATION' AND n.verdict <> 'PENDING'
         AND n.reason NOT LIKE 'TASK_CANCELLED%' AND n.reason <> 'AUTO_APPROVED'`,
      [labeler],
    );
    const byType = Map.groupBy(rows, ({ labels }) => jsonKeccak(labels));
    return [...byType].map(([taskType, judged]) => ({
      taskType,
      labels: judged[0]!.labels,
      judged: judged.length,
      ...skillOf(
        judged.map(({ at, right }) => ({ at: Number(at), right })),
        now,
      ),
    }));
  }
}
