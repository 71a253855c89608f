import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ledger of labelers' earnings, withdrawn amounts, and what accounts may claim from license revenue. */
export class Payouts1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE earning (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id text NOT NULL,
        labeler text NOT NULL,
        amount numeric(39) NOT NULL CHECK (amount > 0),
        cause text NOT NULL CHECK (cause IN ('ANNOTATION', 'QUIZ')),
        cause_id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (cause, cause_id)
      );
      CREATE INDEX earning_of_account ON earning (job_id, labeler);

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
      END $$;
      CREATE TRIGGER earning_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON earning
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE earning_account (
        job_id text NOT NULL,
        labeler text NOT NULL,
        settled_through bigint NOT NULL DEFAULT 0,
        withdrawn numeric(39) NOT NULL DEFAULT 0,
        voucher jsonb,
        PRIMARY KEY (job_id, labeler)
      );
      CREATE INDEX earning_account_labeler ON earning_account (labeler);

      CREATE TABLE cap_leaf (
        dataset_id text NOT NULL,
        version int NOT NULL,
        tree text NOT NULL CHECK (tree IN ('contributor', 'other')),
        position int NOT NULL,
        role int NOT NULL,
        account text NOT NULL,
        weight bigint NOT NULL,
        valid_until bigint NOT NULL,
        consent_nonce bigint NOT NULL,
        PRIMARY KEY (dataset_id, version, tree, position)
      );
      CREATE INDEX cap_leaf_account ON cap_leaf (account);

      CREATE TABLE revenue_claim (
        block_number bigint NOT NULL,
        log_index int NOT NULL,
        tx_hash text NOT NULL,
        dataset_id text NOT NULL,
        version int NOT NULL,
        role int NOT NULL,
        account text NOT NULL,
        payee text NOT NULL,
        amount numeric(39) NOT NULL,
        PRIMARY KEY (block_number, log_index)
      );
      CREATE INDEX revenue_claim_account ON revenue_claim (account, dataset_id, version);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE revenue_claim, cap_leaf, earning_account, earning CASCADE;
      DROP FUNCTION refuse_change();
    `);
  }
}
