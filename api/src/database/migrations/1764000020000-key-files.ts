import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Key files by version, their updates after withdrawals, receipts of what was shredded, and the notices to licensees. */
export class KeyFiles1764000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_file (
        dataset_id text NOT NULL,
        version int NOT NULL,
        contributor_ref text NOT NULL,
        cid text NOT NULL,
        PRIMARY KEY (dataset_id, version, contributor_ref)
      );
      CREATE INDEX key_file_owner ON key_file (contributor_ref, dataset_id);

      CREATE TABLE key_file_update (
        id bigserial PRIMARY KEY,
        dataset_id text NOT NULL,
        version int NOT NULL,
        contributor_ref text NOT NULL,
        old_cid text NOT NULL UNIQUE,
        new_cid text NOT NULL,
        reason int NOT NULL,
        signature text,
        signer text,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX key_file_update_version ON key_file_update (dataset_id, version);

      CREATE TABLE withdrawal_receipt (
        subject text NOT NULL,
        kind int NOT NULL,
        contributor_ref text NOT NULL,
        dataset_id text NOT NULL,
        evidence jsonb NOT NULL,
        text text NOT NULL,
        receipt jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (subject, kind)
      );
      CREATE INDEX withdrawal_receipt_owner ON withdrawal_receipt (contributor_ref, dataset_id);

      CREATE TABLE withdrawal_notice (
        id bigserial PRIMARY KEY,
        dataset_id text NOT NULL,
        contributor_ref text NOT NULL,
        contribution_id text,
        reason int NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX withdrawal_notice_dataset ON withdrawal_notice (dataset_id, id);
      CREATE TABLE withdrawal_acknowledgement (
        notice_id bigint NOT NULL REFERENCES withdrawal_notice,
        account text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (notice_id, account)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE withdrawal_acknowledgement, withdrawal_notice, withdrawal_receipt, key_file_update, key_file',
    );
  }
}
