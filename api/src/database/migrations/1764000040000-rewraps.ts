import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Latest published version of a dataset, and the leaves that items had before they were re-wrapped into a later intake. */
export class Rewraps1764000040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE intake ADD COLUMN published int NOT NULL DEFAULT 0, ADD COLUMN floor_price numeric(39, 0) NOT NULL DEFAULT 0;
      UPDATE intake i SET floor_price = d.floor_price FROM dataset d WHERE d.id = i.dataset_id;
      UPDATE intake i SET published = v.latest
      FROM (SELECT dataset_id, max(number) AS latest FROM dataset_version GROUP BY dataset_id) v
      WHERE v.dataset_id = i.dataset_id;

      CREATE TABLE superseded_leaf (
        leaf text PRIMARY KEY,
        contribution_id text NOT NULL,
        batch_root text NOT NULL REFERENCES contribution_batch,
        index int NOT NULL,
        intake int NOT NULL,
        consent_hash text NOT NULL,
        reason text NOT NULL,
        superseded_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX superseded_leaf_batch ON superseded_leaf (batch_root);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE superseded_leaf; ALTER TABLE intake DROP COLUMN published, DROP COLUMN floor_price');
  }
}
