import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A consent whose items are held under the longer or wider terms of a newer one. */
export class ConsentExtensions1764000021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE consent ADD COLUMN extended_by text REFERENCES consent (consent_hash)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE consent DROP COLUMN extended_by');
  }
}
