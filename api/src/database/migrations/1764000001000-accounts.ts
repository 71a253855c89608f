import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions and sign-in challenges. */
export class Accounts1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE session (
        token_hash bytea PRIMARY KEY,
        account text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX session_account ON session (account);

      CREATE TABLE sign_in_challenge (
        nonce text PRIMARY KEY,
        account text NOT NULL,
        message text NOT NULL,
        expires_at timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sign_in_challenge, session');
  }
}
