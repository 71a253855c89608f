import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sealed keys of contributors without a seed, one for each consent, for themselves alone. */
export class OwnerKeys1764000042000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sealed_key DROP CONSTRAINT sealed_key_kind_check;
      ALTER TABLE sealed_key ADD CONSTRAINT sealed_key_kind_check CHECK (kind IN ('kek', 'label', 'owner'));
      CREATE UNIQUE INDEX sealed_key_owner ON sealed_key (contributor_ref, dataset_id, consent_hash) WHERE kind = 'owner';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX sealed_key_owner;
      DELETE FROM sealed_key WHERE kind = 'owner';
      ALTER TABLE sealed_key DROP CONSTRAINT sealed_key_kind_check;
      ALTER TABLE sealed_key ADD CONSTRAINT sealed_key_kind_check CHECK (kind IN ('kek', 'label'));
    `);
  }
}
