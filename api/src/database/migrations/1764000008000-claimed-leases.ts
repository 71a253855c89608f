import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leases by their on-chain hash, and which of them were claimed there without a verdict. */
export class ClaimedLeases1764000008000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE assignment ADD COLUMN lease_hash text, ADD COLUMN claimed boolean NOT NULL DEFAULT false;
      CREATE UNIQUE INDEX assignment_lease_hash ON assignment (lease_hash);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE assignment DROP COLUMN lease_hash, DROP COLUMN claimed');
  }
}
