import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Stores that are older than the counting of holders have documents of the operator that no row names. A row here asks the next start
 * to find them (integrations/storage/old-blocks.ts), before a contributor can upload the same bytes and give them up again.
 */
export class OldBlocks1764000041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE old_blocks (wanted boolean NOT NULL);
      INSERT INTO old_blocks SELECT true WHERE EXISTS (SELECT FROM dataset);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE old_blocks');
  }
}
