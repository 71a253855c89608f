import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Datasets, offers and versions as the chain tells them; drafts of versions. */
export class Datasets1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE dataset (
        id text PRIMARY KEY,
        curator text NOT NULL,
        schema_hash text NOT NULL,
        purposes int NOT NULL,
        contributors_bps int NOT NULL,
        floor_price numeric(39, 0) NOT NULL,
        token text NOT NULL,
        metadata_cid text NOT NULL,
        name text NOT NULL DEFAULT '',
        description text NOT NULL DEFAULT '',
        media_type text NOT NULL DEFAULT '',
        schema jsonb NOT NULL DEFAULT '{}',
        created_block bigint NOT NULL,
        created_at timestamptz NOT NULL,
        search tsvector GENERATED ALWAYS AS (
          setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
        ) STORED
      );
      CREATE INDEX dataset_curator ON dataset (curator);
      CREATE INDEX dataset_search ON dataset USING gin (search);
      CREATE INDEX dataset_trigram ON dataset USING gin ((name || ' ' || description) gin_trgm_ops);

      CREATE TABLE dataset_source (
        dataset_id text NOT NULL REFERENCES dataset,
        position int NOT NULL,
        source text NOT NULL,
        PRIMARY KEY (dataset_id, position)
      );

      CREATE TABLE offer (
        dataset_id text NOT NULL REFERENCES dataset,
        index int NOT NULL,
        id text NOT NULL UNIQUE,
        price numeric(39, 0) NOT NULL,
        duration bigint NOT NULL,
        purposes int NOT NULL,
        seats int NOT NULL,
        terms_hash text NOT NULL,
        active boolean NOT NULL,
        PRIMARY KEY (dataset_id, index)
      );

      CREATE TABLE dataset_version (
        dataset_id text NOT NULL REFERENCES dataset,
        number int NOT NULL,
        manifest_cid text NOT NULL,
        contributor_root text NOT NULL,
        other_root text NOT NULL,
        parent int NOT NULL,
        opens_at timestamptz NOT NULL,
        objection int,
        item_count int NOT NULL DEFAULT 0,
        PRIMARY KEY (dataset_id, number)
      );

      CREATE TABLE version_draft (
        dataset_id text NOT NULL REFERENCES dataset,
        number int NOT NULL,
        manifest_cid text NOT NULL,
        cap_table_cid text NOT NULL,
        contributor_root text NOT NULL,
        other_root text NOT NULL,
        parent int NOT NULL,
        included int NOT NULL,
        excluded jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (dataset_id, number)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE version_draft, dataset_version, offer, dataset_source, dataset');
  }
}
