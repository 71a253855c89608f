import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sealed keys and wrapped DEKs: nothing here opens without the keepers. */
export class Access1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sealed_key (
        record_hash text PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('kek', 'label')),
        dataset_id text NOT NULL,
        contributor_ref text NOT NULL,
        consent_hash text NOT NULL,
        consent_nonce int NOT NULL,
        intake int NOT NULL,
        pack_id text,
        record jsonb NOT NULL,
        signature text NOT NULL,
        signer text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX sealed_key_kek ON sealed_key (contributor_ref, dataset_id, consent_hash, intake) WHERE kind = 'kek';
      CREATE UNIQUE INDEX sealed_key_pack ON sealed_key (pack_id) WHERE kind = 'label';

      CREATE TABLE wrapped_key (
        contribution_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('kek', 'label')),
        dataset_id text NOT NULL,
        contributor_ref text NOT NULL,
        consent_hash text NOT NULL,
        intake int NOT NULL,
        pack_id text,
        wrapped_dek text NOT NULL,
        PRIMARY KEY (contribution_id, kind)
      );
      CREATE INDEX wrapped_key_owner ON wrapped_key (contributor_ref, dataset_id);
      CREATE INDEX wrapped_key_consent ON wrapped_key (consent_hash);
      CREATE INDEX wrapped_key_pack ON wrapped_key (pack_id) WHERE kind = 'label';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE wrapped_key, sealed_key');
  }
}
