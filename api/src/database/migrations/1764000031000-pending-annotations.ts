import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Labels that wait for a verdict, whose time may run out: asked for at every look of the settlement. */
export class PendingAnnotations1764000031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX annotation_pending ON annotation (assignment_id) WHERE verdict = 'PENDING'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX annotation_pending');
  }
}
