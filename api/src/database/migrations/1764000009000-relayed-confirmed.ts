import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Relayed transactions stay watched until a confirmed block holds them. */
export class RelayedConfirmed1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE chain_tx ADD COLUMN confirmed boolean NOT NULL DEFAULT false;
      CREATE INDEX chain_tx_open ON chain_tx (sender, nonce) WHERE NOT confirmed;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE chain_tx DROP COLUMN confirmed');
  }
}
