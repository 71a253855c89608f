import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tasks by what a lease looks for: begun and wanting a label, or new, from any id on. */
export class LabelingLooks1764000041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX labeling_task_available;
      CREATE INDEX labeling_task_begun ON labeling_task (job_id, taken DESC, id)
        WHERE state = 'OPEN' AND taken > 0 AND taken < overlap;
      CREATE INDEX labeling_task_new ON labeling_task (job_id, id) WHERE state = 'OPEN' AND taken = 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX labeling_task_new;
      DROP INDEX labeling_task_begun;
      CREATE INDEX labeling_task_available ON labeling_task (job_id, taken DESC) WHERE state = 'OPEN';
    `);
  }
}
