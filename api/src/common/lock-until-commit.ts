import type { EntityManager } from 'typeorm';

/** Waits for, and holds to the end of the transaction, what is named; any process with the same name waits. */
export async function lockUntilCommit(manager: EntityManager, name: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}
