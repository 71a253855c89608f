import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Blocks and who uploaded them, intakes, consents, batches, contributions and their history. */
export class Contributions1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE block_owner (
        account text NOT NULL,
        cid text NOT NULL,
        size int NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (account, cid)
      );

      CREATE TABLE intake (
        dataset_id text PRIMARY KEY,
        schema_hash text NOT NULL,
        purposes int NOT NULL,
        sources int NOT NULL,
        open_intake int NOT NULL DEFAULT 1 CHECK (open_intake BETWEEN 1 AND 1023)
      );

      CREATE TABLE ref_nonce (
        contributor_ref text NOT NULL,
        dataset_id text NOT NULL,
        consent_nonce int NOT NULL DEFAULT 0,
        grant_nonce int NOT NULL DEFAULT 0,
        PRIMARY KEY (contributor_ref, dataset_id)
      );

      CREATE TABLE consent (
        consent_hash text PRIMARY KEY,
        contributor_ref text NOT NULL,
        dataset_id text NOT NULL,
        purposes int NOT NULL,
        valid_until bigint NOT NULL,
        min_price numeric(39, 0) NOT NULL,
        terms_hash text NOT NULL,
        consent_nonce int NOT NULL,
        sources int NOT NULL,
        signature text NOT NULL
      );

      CREATE TABLE contribution_batch (
        root text PRIMARY KEY,
        idempotency_key text NOT NULL,
        dataset_id text NOT NULL,
        contributor_ref text NOT NULL,
        consent_hash text NOT NULL REFERENCES consent,
        device_grant jsonb NOT NULL,
        count int NOT NULL,
        salt text NOT NULL,
        signature text NOT NULL,
        receipt jsonb NOT NULL,
        anchor_tx text,
        anchored_at timestamptz,
        committed_at timestamptz NOT NULL,
        UNIQUE (contributor_ref, idempotency_key)
      );

      CREATE TABLE contribution (
        id text PRIMARY KEY,
        dataset_id text NOT NULL,
        contributor_ref text NOT NULL,
        batch_root text NOT NULL REFERENCES contribution_batch,
        index int NOT NULL,
        leaf text NOT NULL,
        consent_hash text NOT NULL,
        schema_hash text NOT NULL,
        intake int NOT NULL,
        content_digest text NOT NULL,
        cid text NOT NULL,
        size bigint NOT NULL,
        floe_header text NOT NULL,
        metadata_hash text NOT NULL,
        metadata jsonb,
        leaves text[] NOT NULL,
        state text NOT NULL,
        reason text,
        version int,
        committed_at timestamptz NOT NULL,
        UNIQUE (batch_root, index)
      );
      CREATE INDEX contribution_owner ON contribution (contributor_ref, committed_at DESC, id DESC);
      CREATE INDEX contribution_dataset ON contribution (dataset_id, intake, state);
      CREATE INDEX contribution_digest ON contribution (content_digest);
      CREATE INDEX contribution_consent ON contribution (consent_hash);

      CREATE TABLE contribution_change (
        contribution_id text NOT NULL,
        from_state text,
        to_state text NOT NULL,
        reason text,
        at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX contribution_change_item ON contribution_change (contribution_id, at);

      CREATE TABLE consent_withdrawal (
        contributor_ref text NOT NULL,
        dataset_id text NOT NULL,
        consent_nonce int NOT NULL,
        deadline bigint NOT NULL,
        signature text NOT NULL,
        receipt jsonb NOT NULL,
        PRIMARY KEY (contributor_ref, dataset_id, consent_nonce)
      );

      CREATE TABLE item_withdrawal (
        contribution_id text PRIMARY KEY,
        reason int NOT NULL,
        issued_at bigint NOT NULL,
        signature text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE item_withdrawal, consent_withdrawal, contribution_change, contribution, contribution_batch, consent,
       ref_nonce, intake, block_owner`,
    );
  }
}
