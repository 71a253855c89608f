import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outbox, chain index, relayed transactions, operator keys. */
export class Foundation1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS pg_trgm;

      CREATE TABLE outbox (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        type text NOT NULL,
        key text NOT NULL,
        payload jsonb NOT NULL,
        result jsonb,
        error text,
        attempts int NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        done_at timestamptz,
        UNIQUE (type, key)
      );
      CREATE INDEX outbox_open ON outbox (created_at) WHERE done_at IS NULL;

      CREATE TABLE operator_key (
        role text PRIMARY KEY,
        address text NOT NULL
      );

      CREATE TABLE chain_block (
        number bigint PRIMARY KEY,
        hash text NOT NULL,
        parent_hash text NOT NULL,
        timestamp bigint NOT NULL
      );

      CREATE TABLE chain_cursor (
        id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
        scanned bigint NOT NULL,
        applied bigint NOT NULL
      );

      CREATE TABLE chain_event (
        block_number bigint NOT NULL,
        log_index int NOT NULL,
        block_hash text NOT NULL,
        tx_hash text NOT NULL,
        timestamp bigint NOT NULL,
        contract text NOT NULL,
        name text NOT NULL,
        args jsonb NOT NULL,
        applied_at timestamptz,
        PRIMARY KEY (block_number, log_index)
      );
      CREATE INDEX chain_event_open ON chain_event (block_number, log_index) WHERE applied_at IS NULL;

      CREATE TABLE chain_tx (
        key text PRIMARY KEY,
        sender text NOT NULL,
        nonce bigint NOT NULL,
        hash text NOT NULL UNIQUE,
        raw text NOT NULL,
        contract text NOT NULL,
        method text NOT NULL,
        state text NOT NULL CHECK (state IN ('SIGNED', 'MINED', 'REVERTED')),
        block_number bigint,
        gas_used bigint,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (sender, nonce)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE chain_tx, chain_event, chain_cursor, chain_block, operator_key, outbox CASCADE');
  }
}
