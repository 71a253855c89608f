import type { MigrationInterface, QueryRunner } from 'typeorm';

/** License slots as the chain has them, and one statement line per purchase. */
export class Licensing1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE license (
        licensee text NOT NULL,
        dataset_id text NOT NULL,
        slot int NOT NULL,
        id text NOT NULL,
        offer_index int NOT NULL,
        purposes int NOT NULL,
        max_version int NOT NULL,
        expiry timestamptz NOT NULL,
        price numeric(39) NOT NULL,
        tx_hash text NOT NULL,
        PRIMARY KEY (licensee, dataset_id, slot)
      );

      CREATE TABLE license_purchase (
        block_number bigint NOT NULL,
        log_index int NOT NULL,
        tx_hash text NOT NULL,
        license_id text NOT NULL,
        licensee text NOT NULL,
        dataset_id text NOT NULL,
        version int NOT NULL,
        price numeric(39) NOT NULL,
        contributors_amount numeric(39) NOT NULL,
        other_amount numeric(39) NOT NULL,
        purchased_at timestamptz NOT NULL,
        PRIMARY KEY (block_number, log_index)
      );
      CREATE INDEX license_purchase_version ON license_purchase (dataset_id, version);

      CREATE TABLE capped_leaf (
        block_number bigint NOT NULL,
        log_index int NOT NULL,
        dataset_id text NOT NULL,
        version int NOT NULL,
        account text NOT NULL,
        weight bigint NOT NULL,
        active_weight bigint NOT NULL,
        PRIMARY KEY (block_number, log_index)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE capped_leaf, license_purchase, license');
  }
}
