import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every block that may be deleted one day, with the number of accounts that hold it. The count is kept by a trigger, so that no
 * path can forget it; a block that nobody holds gets a tombstone.
 */
export class Blocks1764000030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE block (
        cid text PRIMARY KEY,
        refs int NOT NULL DEFAULT 0 CHECK (refs >= 0),
        held boolean NOT NULL DEFAULT false,
        tombstoned_at timestamptz,
        checked_at timestamptz,
        damaged_at timestamptz
      );
      CREATE INDEX block_tombstoned ON block (tombstoned_at) WHERE tombstoned_at IS NOT NULL;
      CREATE INDEX block_unchecked ON block (checked_at NULLS FIRST);

      ALTER TABLE block_owner ADD COLUMN stored boolean NOT NULL DEFAULT true;
      ALTER TABLE block_owner ADD COLUMN expires_at timestamptz;
      ALTER TABLE block_owner ALTER COLUMN stored SET DEFAULT false;
      CREATE INDEX block_owner_expiring ON block_owner (expires_at) WHERE expires_at IS NOT NULL;
      INSERT INTO block (cid, refs) SELECT cid, count(*) FROM block_owner GROUP BY cid;

      CREATE FUNCTION count_block_owner() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          INSERT INTO block (cid, refs) VALUES (NEW.cid, 1)
          ON CONFLICT (cid) DO UPDATE SET refs = block.refs + 1, tombstoned_at = NULL;
        ELSE
          UPDATE block SET refs = refs - 1, tombstoned_at = CASE WHEN refs = 1 AND NOT held THEN now() END
          WHERE cid = OLD.cid;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER block_owner_counted AFTER INSERT OR DELETE ON block_owner
        FOR EACH ROW EXECUTE FUNCTION count_block_owner();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER block_owner_counted ON block_owner;
      DROP FUNCTION count_block_owner();
      ALTER TABLE block_owner DROP COLUMN stored, DROP COLUMN expires_at;
      DROP TABLE block;
    `);
  }
}
